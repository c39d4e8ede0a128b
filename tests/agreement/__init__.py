"""Whatever happens in whatever order, no two things that the outside can see say otherwise.

``history`` is what people do while the clock is turned, ``shown`` is what page, API, feed and
mailbox then say, each read apart from the others.
"""
