"""A report as the service keeps it, the steps it may take, and its caller. Pure: no I/O, no clock.

use case ──▶ **domain** ──▶ store
"""
