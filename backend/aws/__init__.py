"""Adapters of the ports. boto3 stops here: nothing above this package catches its errors or builds its requests."""
