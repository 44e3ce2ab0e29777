"""What the dialogs say: values in, words out. Pure."""
