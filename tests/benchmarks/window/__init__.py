"""What the window costs, beside the same work in bare PySide6: see `__main__`."""
