"""What can go wrong in the front.

FrontError
├── BadConfiguration   a setting cannot be used
├── BrokenRelease      what a pointer names cannot be served whole
├── LineFailed         a call to Django got no whole answer
│   ├── BrokenOff      … for the connection was closed
│   ├── TooSlow        … for it did not come in time
│   └── Unreachable    … for nobody was there; nothing was sent
└── Refused            a request is answered with words instead of being forwarded
"""


class FrontError(Exception):
    """The front cannot do what was asked; the message says why."""


class BadConfiguration(FrontError):
    """A setting cannot be used; the message names it and its mend."""


class BrokenRelease(FrontError):
    """A release cannot be served whole; the message says what is missing."""


class LineFailed(FrontError):
    """A call to Django got no whole answer."""


class BrokenOff(LineFailed):
    """The connection was closed before all of the answer had come."""


class TooSlow(LineFailed):
    """What was waited for did not come in time."""


class Unreachable(LineFailed):
    """No connection could be made; nothing was sent."""


class Refused(FrontError):
    """A request is answered in words (see words.py), with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status
