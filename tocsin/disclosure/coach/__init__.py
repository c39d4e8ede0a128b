"""The coach: what a careful reader would say of a text before it is published. Pure.

    reading     a text made plain, with the way back to each letter as it was typed
    phrases     the small language in which lexicons and cues are written
    lexicon     entries, read and checked line by line
    detectors   what no list of phrases can hold: addresses, secrets, names
    matching    which entries hit where, and how much each weighs here
    elements    what is missing (table 3.4), and whether an apology is whole
    outlined    what an account answers by its outline (T-15)
    substance   what a text is worth in numbers, once it was said (metrics 6.4)
    sums        what the words of one incident come to together
    heeding     how often what it said was heeded, entry by entry
    editions    by which coach a text was read
    reviewing   the one door: ``review(text, context) -> Findings``, and ``measure`` for numbers

Knows: a text, a plain ``Context``, the lexicons beside it.
Must never know: who asks, what is done with the answer, what time it is.
"""
