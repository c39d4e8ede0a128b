"""The public log: every publication of a page in order, chained, and the chain's end signed.

format.py says what is written, checking.py reads it anywhere, writing.py and tally.py make it.
"""
