"""The machine's door: the manage API, and whether the installation is alive, ready and well.

Knows HTTP, what clients send, and what may be counted. Must never know rules: it translates, and
calls.
"""
