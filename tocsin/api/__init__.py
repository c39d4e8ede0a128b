"""The machine's door: whether the installation is alive, ready and well.

Knows HTTP and what may be counted. Must never know rules: it reads, and translates.
"""
