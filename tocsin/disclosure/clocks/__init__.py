"""Which reports an incident may owe, to whom, and by when. Pure: text and times in, values out.

Reminders, never advice: every one carries its source, and what to confirm it with is counsel.
Knows: clocks as data, how time is counted, what a draft report holds.
Must never know: which incident it is about, who reads what, what time it is now.
"""
