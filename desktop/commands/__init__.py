"""The commands of `reportwire`: the arguments of each, and a `run` that loads what it does.

main ──▶ **commands** ──▶ actions ──▶ session, files, the local backend

To read arguments and to print help must cost little: the modules here import neither the network, nor the session, nor
what draws tables. Whatever needs these is in `actions`, which `run` imports.
"""
