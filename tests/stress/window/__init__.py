"""The window under stress: see `__main__`."""
