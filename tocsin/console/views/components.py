"""The component tree: add, reword, move, retire, and change a state without words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node, State, Words
from tocsin.console import refusals
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.console.refusals import NotHere, Unread
from tocsin.people import access
from tocsin.statements import publication, published

MOST = {"name": 100, "description": 2000, "words": 200}


@dataclass(frozen=True, slots=True)
class Row:
    """A component as the list shows it; ``lacking`` names the languages without its words."""

    node: Node
    name: str
    depth: int
    state: State
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Own:
    """A component's words in one language, as the form asks for them."""

    language: str
    words: Words


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def components(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The tree; with POST, one more component."""
    page = visit.page
    access.check(visit.by, "see", page.id)
    if request.method != "POST":
        return _tree(request, visit, page)
    try:
        told = request.POST
        node = shelf.add_component(
            page.id,
            name=_text(request, "name"),
            parent=told.get("parent", ""),
            description=_text(request, "description"),
            words=_words(told, page),
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return _tree(request, visit, page, error=error)
    messages.success(request, _("%(name)s stands on the page.") % {"name": node.name})
    return _back(visit, page)


def _back(visit: Visit, page: Brand) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:components") + at_page(visit, page))


def _text(request: HttpRequest, name: str) -> str:
    text = request.POST.get(name, "").strip()
    if len(text) > MOST[name]:
        told = {"name": name, "most": MOST[name]}
        raise Unread([_("“%(name)s” has at most %(most)d characters.") % told])
    return text


def _words(told: Mapping[str, str], page: Brand) -> dict[str, dict[str, str]]:
    return {
        code: {key: str(told.get(f"{key}.{code}", ""))[: MOST["words"]] for key in shelf.WORDS_KEPT}
        for code in page.languages
    }


def _tree(
    request: HttpRequest, visit: Visit, page: Brand, *, error: Exception | None = None
) -> HttpResponse:
    tree, states = shelf.components_of(page.id), published.states_now(page.audience_id)
    context = {
        "rows": [
            Row(
                node=node,
                name=node.named(visit.language),
                depth=tree.indent_of(node.id),
                state=node.rolled_up(states),
                lacking=_lacking(node, page),
            )
            for node in tree
        ],
        "may_write": visit.may("components:write", page.id),
        "may_publish": visit.may("publish", page.id),
        "blank": [Own(code, Words("")) for code in page.languages],
        "typed": request.POST,
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "components", context, page=page, status=status)


def _lacking(node: Node, page: Brand) -> tuple[str, ...]:
    return tuple(
        code
        for code in page.languages
        if code not in node.words or not node.words[code].are_complete
    )


def _found(visit: Visit, component_id: str) -> tuple[Node, Brand]:
    """A component of a page that this operator may see. Raises NotHere."""
    for page in visit.pages:
        node = shelf.components_of(page.id).by_id().get(component_id)
        if node is not None:
            return node, page
    raise NotHere(_("There is no such component, or it was taken off the page."))


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def component(request: HttpRequest, visit: Visit, component_id: str) -> HttpResponse:
    """One component: what it is called, its words in each language, where it stands."""
    node, page = _found(visit, component_id)
    if request.method != "POST":
        return _one(request, visit, node, page)
    try:
        shelf.reword_component(
            node.id,
            name=_text(request, "name"),
            description=_text(request, "description"),
            words=_words(request.POST, page),
            position=_position(request.POST.get("position", ""), node),
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return _one(request, visit, node, page, error=error)
    messages.success(request, _("Kept. The public page follows at once."))
    return _back(visit, page)


def _position(text: str, node: Node) -> int:
    if not text.strip():
        return node.position
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Unread([_("A position is a number from 1 on.")])
    return int(text)


def _one(
    request: HttpRequest,
    visit: Visit,
    node: Node,
    page: Brand,
    *,
    error: Exception | None = None,
) -> HttpResponse:
    states = published.states_now(page.audience_id)
    context = {
        "node": node,
        "name": node.named(visit.language),
        "own": [Own(code, node.words.get(code, Words(node.name))) for code in page.languages],
        "stand_in": page.words,
        "state": node.rolled_up(states),
        "states": list(State),
        "may_write": visit.may("components:write", page.id),
        "may_publish": visit.may("publish", page.id),
        "typed": request.POST,
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "component", context, page=page, status=status)


@operators_only
@require_POST
def state(request: HttpRequest, visit: Visit, component_id: str) -> HttpResponse:
    """Change a component's public state without words."""
    node, page = _found(visit, component_id)
    try:
        asked = request.POST.get("state", "")
        if asked not in list(State):
            raise Unread([_("Choose a state from those offered.")])
        publication.publish_state(page.id, {node.id: State(asked)}, by=visit.by, at=visit.at)
    except refusals.REFUSED as error:
        return _one(request, visit, node, page, error=error)
    words = _("The page shows the state, and that words are to follow. You owe them.")
    messages.warning(request, words)
    return _back(visit, page)


@operators_only
@require_POST
def retire(request: HttpRequest, visit: Visit, component_id: str) -> HttpResponse:
    """Take a component off the page; its history stays."""
    node, page = _found(visit, component_id)
    try:
        shelf.retire_component(node.id, by=visit.by, at=visit.at)
    except refusals.REFUSED as error:
        return _one(request, visit, node, page, error=error)
    told = {"name": node.name}
    messages.success(request, _("%(name)s is off the page. Its history stays.") % told)
    return _back(visit, page)
