"""The documents that describe the service to other programs: OpenAPI for HTTPS, AsyncAPI for the WebSocket.

protocol, web ── types ──▶ **documents** ──▶ `backend/web/documents/`, from where the HTTP door serves them

`python -m backend.documents` writes them anew. No function imports this package.
"""
