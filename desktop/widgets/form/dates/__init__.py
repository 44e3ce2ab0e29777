"""Days and spans of days, typed or picked from calendars.

schema's bounds ──▶ **dates** ── days ──▶ editors, parameter_page
"""
