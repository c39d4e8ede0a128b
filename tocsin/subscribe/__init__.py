"""The reader's door: sign up, confirm, change what you hear, leave.

Knows forms, tokens and HTTP. Must never know rules: those are in announcements. Sets no cookie.
"""
