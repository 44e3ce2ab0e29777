"""The resources of a graph, made on the emulator with boto3.

graph ──▶ **applying** ──▶ emulator
"""
