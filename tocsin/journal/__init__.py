"""Who did what, and when: append-only, sealed into a hash chain within a second.

Knows: an actor, a verb's tag, a reference to its subject, a time.
Must never know: what the subject means, or anybody's address.
"""
