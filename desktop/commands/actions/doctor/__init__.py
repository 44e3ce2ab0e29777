"""What the doctor tries: the way to a service, or a distributed engine.

commands.doctor ──▶ **doctor** ──▶ desktop.doctor, backend.authoring
"""
