"""What we KNOW: incidents, their impact, moments and internal facts. Private.

Knows: components, impact, facts, moments, who corrected a time and when.
Must never know: drafts, readers, the public. No public code can reach this folder.
"""
