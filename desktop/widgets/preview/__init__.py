"""The first rows of the chosen report.

`Preview` ──▶ **preview** ──▶ eyes
"""
