"""Cachet's first API, as its clients send and read it, over the same page.

Knows HTTP, keys, and Cachet's numbers and names. Must never know rules: it translates, and calls.
"""
