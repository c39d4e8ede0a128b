"""Who must be told, and the proof that they were. All personal data of readers is here.

Knows what was published, what is live, channels, and readers: their addresses and what they follow.
Must never know drafts or internal facts.
"""
