"""An installer for analysts with a profile: the window and the command line, with a Python inside, as one zip.

`python -m desktop.installer` ──▶ **installer** ──▶ PyInstaller ──▶ dist/reportwire-….zip

Nothing of it is in the bundle but `launch`, where that starts.
"""
