"""What we are about to SAY, who let us, and what we SAID.

Knows: incidents (to read), words, deadlines, clearances.
Must never know: files, URLs, subscribers, channels.

Everyone else reads ``published``, whose frozen values lead nowhere else.
"""
