"""Names and texts inside SQL.

formats, engine ──▶ **quoted**, **literal**
"""


def quoted(name: str) -> str:
    """Return an identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a string constant, whatever is in it."""
    return "'" + text.replace("'", "''") + "'"
