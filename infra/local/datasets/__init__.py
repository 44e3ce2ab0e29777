"""The datasets of this machine: the sample data and one's own.

`reportwire data`, backend ──▶ **datasets** ──▶ Parquet files
"""
