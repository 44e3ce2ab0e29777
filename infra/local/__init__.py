"""The whole backend on this machine: the same Pulumi program, applied to an emulator on loopback.

program ──▶ recording ──▶ graph ──▶ applying ──▶ emulator. Nothing of the deployed program imports this package.
"""
