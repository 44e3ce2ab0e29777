"""What `reportwire data add` makes of files, and at which cost: `cells` and `cost`."""
