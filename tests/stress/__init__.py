"""Programs that put load on what is there until it breaks, by hand for long and in CI for seconds."""
