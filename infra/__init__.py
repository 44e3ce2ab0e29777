"""The Pulumi project: what runs where, and who may do what.

Pulumi.<stack>.yaml ──▶ **infra** ──▶ AWS, or the emulator of infra.local. Of the backend it knows only names.
"""
