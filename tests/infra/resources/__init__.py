"""The resources that settings add."""
