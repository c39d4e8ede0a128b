"""A first policy from ten answers, with its reason beside each line. Pure.

Knows what the playbook advises for whom, never what a page holds itself to: what it writes is a
file like any other, read by the same reader, and in force once somebody adopts it.
"""
