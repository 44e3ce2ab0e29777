"""The analyst's app: one window, or the same job from the command line."""
