"""Compiling a report's SQL for a distributed engine, Trino or Athena. In no bundle.

SQL file, datasets of this machine ──▶ **distributed** ──▶ `Compiled`, or the line that it has no equal of there

Of what the two engines call the same, a fifth differs without an error. So there is a list of what may be used, each
with a test of its own on a real Trino, and anything else is refused.
"""
