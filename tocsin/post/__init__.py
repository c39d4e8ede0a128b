"""Letters owed to our own people and to those who asked for one; claiming and settling what is due.

Knows a finished message, an address, a unique key, and when it is next due.
Must never know what a letter is about.
"""
