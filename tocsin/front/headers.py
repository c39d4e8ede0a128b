"""The response headers of a file, from its path alone. Pure."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

Header = tuple[str, str]
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
UNKNOWN_TYPE = "application/octet-stream"

DEFAULT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(),geolocation=(),microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": DEFAULT_POLICY,
}

IN_FRAMES = DEFAULT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")

FRESH = "no-cache"  # kept by anybody, and asked about anew each time
BRIEFLY = "public, max-age=5"
FOR_EVER = "public, max-age=31536000, immutable"

# What other people's pages and scripts read: the v2 API, the feeds and the pictures, in every
# language. A picture's name changes with its words, and yet it is not kept for long: words may be
# taken out.
_FEEDS = re.compile(
    r"\.(atom|rss|ics)$|(^|/)(history\.json|feed\.json|status\.txt|badge\.svg)$"
    r"|^/history/[a-z0-9-]+\.json$|^/embed/script\.js$"
    r"|/picture\.[0-9a-f]{12}\.png$"
)
# What stands in a frame of anybody's page: the one thing of ours that may.
_FRAMED = re.compile(r"(^|/)embed/frame(/|$)")
# One address, and two files: which of them is by Accept.
_NEGOTIATED = re.compile(r"^/history(/index\.html|\.json|/(page-[0-9]+|beyond)\.json)$")

# A name that changes with its bytes never comes to mean others.
_HASHED = re.compile(r"/assets/[^/]+\.[0-9a-f]{8,64}\.[a-z0-9]+")

PREFLIGHT: list[Header] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, HEAD, OPTIONS"),
    (
        "access-control-allow-headers",
        "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, If-None-Match",
    ),
    ("access-control-max-age", "86400"),
]

# To sign up from a page of another origin: the answer is the same whoever the reader is.
SIGN_UP_PREFLIGHT: list[Header] = [
    *((name, value) for name, value in PREFLIGHT if name != "access-control-allow-methods"),
    ("access-control-allow-methods", "POST, DELETE, OPTIONS"),
]

_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_VALUE = re.compile(r"[\x20-\x7e]{1,4096}")


def is_read_by_others(path: str) -> bool:
    """Whether other origins may read it: /api/v2/* and the feeds."""
    return path.startswith("/api/v2/") or bool(_FEEDS.search(path))


def content_type(path: str) -> str:
    return CONTENT_TYPES.get(PurePosixPath(path).suffix, UNKNOWN_TYPE)


def headers_of(path: str, html: Mapping[str, str]) -> list[Header]:
    """Every header of the file at this URL path, save ETag and Content-Encoding.

    ``html`` are the page's own headers for HTML (names in lower case), which win.
    """
    kind = content_type(path)
    security = {**SECURITY, **html} if kind.startswith("text/html") else SECURITY
    if _FRAMED.search(path):
        security = {**SECURITY, "content-security-policy": IN_FRAMES}
    shared = is_read_by_others(path)
    headers = [
        ("content-type", kind),
        ("cache-control", _keeping(path, shared=shared)),
        ("vary", "Accept-Encoding, Accept" if _NEGOTIATED.match(path) else "Accept-Encoding"),
        *security.items(),
    ]
    if shared:
        headers += [
            ("access-control-allow-origin", "*"),
            ("access-control-expose-headers", "ETag"),
            ("cross-origin-resource-policy", "cross-origin"),
        ]
    return headers


def _keeping(path: str, *, shared: bool) -> str:
    if _HASHED.fullmatch(path):
        return FOR_EVER
    return BRIEFLY if shared else FRESH


def html_headers(said: object, *, of: str = "html") -> dict[str, str]:
    """The lawful part of a page's ``headers.json``: ``{"html": {name: value}, "first": {…}}``.

    What is said ``of`` the first page (in each language) goes before what is said of all.
    """
    told = said.get(of) if isinstance(said, dict) else None
    if not isinstance(told, dict):
        return {}
    return {
        name.lower(): value
        for name, value in told.items()
        if isinstance(value, str) and _NAME.fullmatch(name) and _VALUE.fullmatch(value)
    }
