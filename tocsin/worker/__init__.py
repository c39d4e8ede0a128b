"""The clock's door: it asks what is due, lane by lane, and does it.

Knows: which verbs pull pending work, and in what order.
Must never know: what the work means.
"""
