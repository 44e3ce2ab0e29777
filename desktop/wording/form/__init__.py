"""The form's decisions and words: what a field allows, what is wrong with it, which reports a search finds.

catalog, typed text ──▶ **form** ── values, sentences ──▶ widgets.form. No Qt and no clock.
"""
