"""What can go wrong in the front.

FrontError
├── BadConfiguration   a setting cannot be used
├── BrokenRelease      what a pointer names cannot be served whole
└── Refused            a request is answered with words instead of being forwarded
"""


class FrontError(Exception):
    """The front cannot do what was asked; the message says why."""


class BadConfiguration(FrontError):
    """A setting cannot be used; the message names it and its mend."""


class BrokenRelease(FrontError):
    """A release cannot be served whole; the message says what is missing."""


class Refused(FrontError):
    """A request is answered in words (see words.py), with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status
