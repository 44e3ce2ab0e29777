"""Wire protocol, version 1: messages, codec, lifecycle, parameters, quotas.

desktop → **protocol** ← backend. No I/O, no clock, no environment; imports nothing of this project outside itself.
"""
