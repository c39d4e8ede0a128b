"""What the front says itself, in each language that has a file, when there is no page to say it."""

import base64
import hashlib
import html
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from tocsin.front.headers import DEFAULT_POLICY, SECURITY
from tocsin.front.rsgi import Exchange, Header


@dataclass(frozen=True, slots=True)
class Words:
    """(title, sentence) by language, English first; ``retry_after`` in seconds, 0 for none."""

    told: Mapping[str, tuple[str, str]]
    retry_after: int = 0


def _kept() -> dict[str, dict[str, dict[str, str]]]:
    """What each language's file says, English first."""
    found = files(__package__).joinpath("languages").iterdir()
    kept = {
        place.name.removesuffix(".toml"): tomllib.loads(place.read_text("utf-8"))
        for place in found
        if place.name.endswith(".toml")
    }
    return {code: kept[code] for code in sorted(kept, key=lambda code: (code != "en", code))}


_KEPT = _kept()


def _words(key: str, *, retry_after: int = 0) -> Words:
    told = {code: (kept[key]["title"], kept[key]["body"]) for code, kept in _KEPT.items()}
    return Words(told, retry_after)


NOT_COMPILED = _words("not_compiled", retry_after=2)
UNANSWERED = _words("unanswered", retry_after=5)
BY_STATUS = {
    **{status: _words(str(status)) for status in (400, 404, 405, 408, 413, 502, 504)},
    503: UNANSWERED,
}

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;"
    "color:#1c1c1c;background:#fff}@media(prefers-color-scheme:dark)"
    "{body{color:#eee;background:#161616}}"
    ".watermark{position:fixed;inset:0 0 auto;margin:0;padding:.5rem 1rem;font-weight:700;"
    "letter-spacing:.08em;text-align:center;color:#fff;background:#1c1c1c}"
    "@media(prefers-color-scheme:dark){.watermark{color:#161616;background:#eee}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = DEFAULT_POLICY.replace("style-src 'self'", f"style-src 'sha256-{_STYLE_HASH}'")
_FOR_MACHINES = re.compile(r"/(v1|api|hooks|readyz|metrics|events)(/|$)|.*\.json$")


def say(
    exchange: Exchange,
    status: int,
    *,
    path: str,
    words: Words | None = None,
    closes: bool = False,
    mark: str = "",
) -> None:
    """Answer with a status in words: JSON on the machines' paths, a small page elsewhere.

    ``closes`` tells the client that this connection carries no other call. ``mark`` stands first
    on the page of an installation that is not in earnest.
    """
    said = words or BY_STATUS[status]
    is_json = bool(_FOR_MACHINES.match(path))
    body = _json(status, said) if is_json else _page(said, mark)
    headers = _headers(said, is_json=is_json, status=status)
    if closes:
        headers.append(("connection", "close"))
    exchange.response_bytes(status, headers, body.encode())


def _headers(said: Words, *, is_json: bool, status: int) -> list[Header]:
    kind = "application/json" if is_json else "text/html"
    headers = {
        **SECURITY,
        "content-security-policy": _POLICY,
        "content-type": f"{kind}; charset=utf-8",
        "cache-control": "no-store",
    }
    if is_json:
        headers["access-control-allow-origin"] = "*"
    if said.retry_after:
        headers["retry-after"] = str(said.retry_after)
    if status == 405:
        headers["allow"] = "GET, HEAD"
    return list(headers.items())


def _json(status: int, said: Words) -> str:
    # Statuspage's clients know "Not found"; everything else is told in a sentence.
    title, body = said.told["en"]
    error = "Not found" if status == 404 else f"{title}. {body}"
    return json.dumps({"error": error})


def _page(said: Words, mark: str) -> str:
    (_, (title, body)), *others = said.told.items()
    sections = "".join(
        f'<section lang="{code}"><h2>{html.escape(title)}</h2><p>{html.escape(body)}</p></section>'
        for code, (title, body) in others
    )
    title, body = html.escape(title), html.escape(body)
    told = html.escape(mark)
    first = f'<aside class="watermark" aria-label="{told}">{told}</aside>' if mark else ""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style><body>{first}"
        f"<main><h1>{title}</h1><p>{body}</p>{sections}</main></body></html>\n"
    )
