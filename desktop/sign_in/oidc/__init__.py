"""Sign-in by OpenID Connect: in the browser once, then by what the system's keyring keeps.

profile ──▶ **oidc** ── `Authorization: Bearer …` ──▶ transport

| module | question |
|---|---|
| `discovery` | where are the issuer's pages? |
| `attempt` | what is asked of it, so that nobody else can use the answer? |
| `redirect` | how does the browser bring the answer back? |
| `token_endpoint`, `tokens` | what is it exchanged for, and whose is that? |
| `keychain` | where does it stay until the next start? |
| `sign_in` | all of it, and a fresh token whenever one is needed |
"""
