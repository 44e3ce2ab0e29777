"""An issuer of the tests' own, the browser of whoever signs in there, and keyrings.

tests ──▶ **Issuer**, **Person**, **Keyring** ──▶ desktop.sign_in.oidc;  backend.tokens ── keys ──▶ **Issuer**
"""
