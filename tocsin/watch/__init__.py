"""What we NOTICE: alerts that machines send, each turn of each of them a row.

Knows: hooks, their tokens and rules, what a source said and when it came. Records always,
suppresses never. Must never know: incidents, or anything that is said to the public.
"""
