"""What the analyst's intents lead to, between the window and the session.

app ── intents ──▶ **desk** ── events ──▶ session; what is pending, saved, kept ──▶ window
"""
