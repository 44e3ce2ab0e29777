"""What outlives the program on this computer, in small files of this user.

window, command line ──▶ **keeping** ──▶ files
"""
