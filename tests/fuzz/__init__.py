"""Whatever bytes come from outside: a value, or the error that the reader promises. See `__main__`."""
