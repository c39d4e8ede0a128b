"""The manage API, in the shapes that Statuspage's clients send and read.

Knows HTTP, keys, and how clients spell things. Must never know rules: it translates, and calls.
"""
