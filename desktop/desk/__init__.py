"""What the window's intents and dialogs ask for, carried out: between them and session, files and storage.

app ── intents ──▶ **desk** ── events ──▶ session; views ──▶ dialogs
"""
