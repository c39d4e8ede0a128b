"""What the front says itself, in English and French: when there is no page to say it."""

import base64
import hashlib
import html
import json
import re
from dataclasses import dataclass

from tocsin.front.headers import DEFAULT_POLICY, SECURITY
from tocsin.front.rsgi import Exchange, Header


@dataclass(frozen=True, slots=True)
class Words:
    """A title and a sentence in both languages; ``retry_after`` in seconds, 0 for none."""

    title: str
    body: str
    titre: str
    corps: str
    retry_after: int = 0


NOT_COMPILED = Words(
    "This page has not been compiled yet",
    "Its first version is being written. It will be here in a moment.",
    "Cette page n’est pas encore compilée",
    "Sa première version est en cours d’écriture. Elle sera là dans un instant.",
    retry_after=2,
)
UNANSWERED = Words(
    "This part is out of reach for the moment",
    "The status page itself is up. Signing in, subscribing and the API will be back: try again "
    "in a moment.",
    "Cette partie est momentanément inaccessible",
    "La page d’état elle-même fonctionne. La connexion, l’abonnement et l’API vont revenir : "
    "réessayez dans un instant.",
    retry_after=5,
)
BY_STATUS = {
    400: Words(
        "This request makes no sense",
        "It could not be read. Check it, and send it again.",
        "Cette requête n’a pas de sens",
        "Elle n’a pas pu être lue. Vérifiez-la, puis renvoyez-la.",
    ),
    404: Words(
        "There is nothing here",
        "The address may be mistyped. The status page is at /.",
        "Il n’y a rien ici",
        "L’adresse est peut-être mal saisie. La page d’état se trouve à la racine : /.",
    ),
    405: Words(
        "This cannot be done here",
        "This address can only be read.",
        "Cela ne peut pas se faire ici",
        "Cette adresse peut seulement être lue.",
    ),
    408: Words(
        "This request took too long to arrive",
        "Nothing was done. Send it again over a better connection.",
        "Cette requête a mis trop de temps à arriver",
        "Rien n’a été fait. Renvoyez-la par une meilleure connexion.",
    ),
    413: Words(
        "This is too large",
        "What was sent exceeds the limit, and nothing was done. Send less at a time.",
        "C’est trop volumineux",
        "Ce qui a été envoyé dépasse la limite, et rien n’a été fait. Envoyez-en moins à la fois.",
    ),
    502: Words(
        "The answer got lost",
        "What was sent may have arrived. Look before you send it again.",
        "La réponse s’est perdue",
        "Ce qui a été envoyé est peut-être arrivé. Vérifiez avant de le renvoyer.",
    ),
    503: UNANSWERED,
    504: Words(
        "The answer took too long",
        "What was sent may have arrived. Look before you send it again.",
        "La réponse a trop tardé",
        "Ce qui a été envoyé est peut-être arrivé. Vérifiez avant de le renvoyer.",
    ),
}

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;"
    "color:#1c1c1c;background:#fff}@media(prefers-color-scheme:dark)"
    "{body{color:#eee;background:#161616}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = DEFAULT_POLICY.replace("style-src 'self'", f"style-src 'sha256-{_STYLE_HASH}'")
_FOR_MACHINES = re.compile(r"/(v1|api|hooks|readyz|metrics|events)(/|$)|.*\.json$")


def say(exchange: Exchange, status: int, *, path: str, words: Words | None = None) -> None:
    """Answer with a status in words: JSON on the machines' paths, a small page elsewhere."""
    said = words or BY_STATUS[status]
    is_json = bool(_FOR_MACHINES.match(path))
    body = _json(status, said) if is_json else _page(said)
    exchange.response_bytes(status, _headers(said, is_json=is_json, status=status), body.encode())


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
    error = "Not found" if status == 404 else f"{said.title}. {said.body}"
    return json.dumps({"error": error})


def _page(said: Words) -> str:
    title, body, titre, corps = map(html.escape, (said.title, said.body, said.titre, said.corps))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style>"
        f"<main><h1>{title}</h1><p>{body}</p>"
        f'<section lang="fr"><h2>{titre}</h2><p>{corps}</p></section></main></html>\n'
    )
