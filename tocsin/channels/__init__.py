"""How a message leaves: one folder a channel, and one line in ``registry``.

Knows a finished message, an address and the network. Must never know what an incident is, author
a word, or decide when to try again.
"""
