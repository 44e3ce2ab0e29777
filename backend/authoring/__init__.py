"""`reportwire check`, for the authors of reports. In no bundle.

SQL file, datasets of this machine ──▶ **authoring** ──▶ what is wrong, by line
"""
