"""The command line in environments that go wrong: see `__main__`."""
