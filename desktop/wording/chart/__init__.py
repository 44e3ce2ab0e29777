"""Charts of a preview's rows, decided: which columns, which marks, which ticks, which words.

`Preview`, `ChartChoice` ──▶ **chart** ── `Chart` ──▶ the chart page, which only draws. No Qt, no NumPy.
"""
