"""What we NOTICE: alerts that machines send, each turn of each a row, and what is measured.

Knows: hooks, their tokens and rules, what a source said and when it came; metrics and their points.
Records always, suppresses never. Must never know: incidents, or anything that is said to the
public. The page reads ``shown`` alone.
"""
