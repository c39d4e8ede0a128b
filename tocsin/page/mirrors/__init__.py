"""Copies of the public page elsewhere: folders and S3-compatible buckets. Files alone, no tables.

MirrorError             what keeps a copy from being made; says what to do
├── BadTarget           the setting names no folder and no bucket
├── NotOurs             the place holds files that Tocsin did not put there
└── Unreachable         the place did not take or give what it was asked
"""


class MirrorError(Exception):
    pass


class BadTarget(MirrorError):
    pass


class NotOurs(MirrorError):
    pass


class Unreachable(MirrorError):
    pass
