"""Arriving and leaving: what other status pages told is taken in, and ours can be taken along.

Knows: how others write their pages down, and our own verbs; ``leaving`` alone knows the tables.
Must never know: how any of it is compiled or announced.
"""
