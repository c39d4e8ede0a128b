"""What is tested across folders: the story read aloud, the house's fences, the cast.

Tests of one folder live beside its code; nothing here is shipped.
"""
