"""What dialogs ask for, carried out: storage and tasks behind them, without Qt.

dialogs ── signals ──▶ **desk** ── views ──▶ dialogs          keeping, doctor ──▶ **desk**
"""
