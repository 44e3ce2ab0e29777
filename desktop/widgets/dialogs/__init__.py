"""The dialogs, none of which stops the window: each is made when it is first asked for.

main_window ──▶ **dialogs** ── signals ──▶ app, desk
"""
