"""Who asks: signed in, signed out, told.

arguments ──▶ **sign_in** ──▶ desktop.sign_in
"""
