"""Which paths are files, which are ours to refuse, and which are Django's. Pure."""

import re
from urllib.parse import quote

LONGEST = 1024  # characters, decoded
NEVER_SERVED = frozenset({"headers.json"})

# U+FFFD stands where the request held bytes that are no UTF-8.
_UNSAFE = re.compile("[\x00-\x1f\x7f\\\\\ufffd]")

# Where only compiled files live: what isn't there is nowhere, and Django is not asked.
_COMPILED = re.compile(
    r"/($|index\.html$|incidents(/|$)|history([./]|$)|maintenance([./]|$)|c(/|$)"
    r"|api/v2(/|$)"
    r"|(fr|en)(/|$)|assets/|embed/|promises(/|$)|score(/|$)|log(/|$)"
    r"|(feed\.json|status\.txt|badge\.svg|record\.json|404\.html|robots\.txt)$"
    r"|sitemap(-[a-z0-9-]+)?\.xml$)"
)
# What Django alone answers: no file can, and none is looked for.
_DYNAMIC = ("/v1/", "/api/v1/", "/console/", "/hooks/")
_API = "/api/v2/"
_SIGN_UP = re.compile(r"/api/v2/subscribers(/[A-Za-z0-9_-]+)?\.json")
_PAGE = re.compile(r"(?:^|&)page=0*([1-9][0-9]{0,3})(?:&|$)")
_WELL_KNOWN = "/.well-known/"
_UNRESERVED = "/:@!$&'()*+,;=~-._"
_QUERY = "/:@!$&'()*+,;=~-._?%[]|^`{}\"<>\\"


def is_safe(path: str) -> bool:
    """Whether a decoded path is plain: absolute, no empty or dotted segment, no odd character."""
    if not path.startswith("/") or len(path) > LONGEST or _UNSAFE.search(path):
        return False
    segments = path[1:].removesuffix("/").split("/")
    if segments == [""]:
        return path == "/"
    return not any(segment == "" or segment.startswith(".") for segment in segments)


def is_forwardable(path: str) -> bool:
    """Whether Django may see it: a safe path, or one under /.well-known/ that is safe beyond."""
    if path.startswith(_WELL_KNOWN):
        return is_safe("/" + path.removeprefix(_WELL_KNOWN))
    return is_safe(path)


def is_compiled(path: str) -> bool:
    """Whether only a compiled file can answer this path."""
    return bool(_COMPILED.match(path)) and not is_sign_up(path)


def is_dynamic(path: str) -> bool:
    """Whether Django alone can answer this path."""
    return path.startswith(_DYNAMIC)


def is_sign_up(path: str) -> bool:
    """Whether programs sign readers up here, and off: the one part of the public API to write."""
    return bool(_SIGN_UP.fullmatch(path))


def is_read_alone(path: str) -> bool:
    """Whether a path of the public API can be read, and nothing else be done with it."""
    return path.startswith(_API) and is_compiled(path)


def candidates(path: str, query: str, accept: str) -> list[str]:
    """The compiled paths that answer a request, the best first.

    ``history.json?page=N`` is a file of its own, one for all that lie further back than anything
    was told; and whoever takes JSON alone gets the history as such.
    """
    if path != "/history.json" and not (path == "/history" and _wants_json(accept)):
        return [path]
    asked = _PAGE.search(query)
    if asked is None or asked[1] == "1":
        return ["/history.json"]
    return [f"/history/page-{asked[1]}.json", "/history/beyond.json"]


def _wants_json(accept: str) -> bool:
    return "application/json" in accept.lower() and "text/html" not in accept.lower()


def is_served(relative: str) -> bool:
    """Whether a file of a release or archive may be served: no packed twin, note or dotfile."""
    hidden = any(part.startswith(".") for part in relative.split("/"))
    return not (hidden or relative in NEVER_SERVED or relative.endswith((".gz", ".br", ".tmp")))


def addresses_of(relative: str) -> list[str]:
    """The URL paths that a file answers: itself, and its folder if it is an index."""
    path = "/" + relative
    if not path.endswith("/index.html"):
        return [path]
    folder = path.removesuffix("index.html")
    return [path, folder] if folder == "/" else [path, folder, folder.removesuffix("/")]


def files_of(path: str) -> list[str]:
    """The relative files that may answer a safe URL path, in order."""
    relative = path[1:]
    if relative == "" or relative.endswith("/"):
        return [relative + "index.html"]
    return [relative, relative + "/index.html"]


def target_of(path: str, query: str) -> bytes:
    """The request target to send on: the path encoded anew, the query as it came."""
    encoded = quote(path, safe=_UNRESERVED)
    return (encoded + "?" + quote(query, safe=_QUERY) if query else encoded).encode("ascii")
