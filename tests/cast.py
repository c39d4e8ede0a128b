"""The cast, and plain builders for what they act on: the same people and page in every test.

Ada owns the house, Lea is legal and leads, Olu responds, Sam reads and subscribes, and Eve, who
may sign in and holds no role, must see nothing. The page is Linden's, in English and French.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.severity import Severity
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.models import Operator, Role
from tocsin.statements import word
from tocsin.statements.values import Layer
from tocsin.statements.word import Spoken

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SAM = "sam@reader.example"

CHECKOUT_WORDS = {
    "en": {"name": "Checkout", "function": "checkout", "can_do": "pay"},
    "fr": {"name": "Paiement", "function": "le paiement", "can_do": "payer"},
}
SIGN_IN_WORDS = {
    "en": {"name": "Sign-in", "function": "sign-in", "can_do": "sign in"},
    "fr": {"name": "Connexion", "function": "la connexion", "can_do": "vous connecter"},
}


def later(minutes: float) -> datetime:
    """So many minutes past noon on the day of the tests."""
    return NOON + timedelta(minutes=minutes)


def ada() -> Operator:
    """The owner."""
    return an_operator("Ada", Role.OWNER)


def lea() -> Operator:
    """Legal; for now, an incident lead."""
    return an_operator("Lea", Role.INCIDENT_LEAD)


def olu() -> Operator:
    """The responder."""
    return an_operator("Olu", Role.RESPONDER)


def eve() -> Operator:
    """Somebody with an account and without any role."""
    return Operator.objects.create(email="eve@linden.example", name="Eve", created_at=NOON)


def an_operator(name: str, role: Role, *, page_id: str = "") -> Operator:
    """An operator who has taken up their one-time link."""
    token = access.invite(
        email=f"{name.lower()}@linden.example",
        name=name,
        role=role,
        page_id=page_id,
        by=TERMINAL,
        at=NOON,
    )
    return access.take_up(token, at=NOON)


def a_page(*, name: str = "Linden", languages: tuple[str, ...] = ("en", "fr")) -> Brand:
    """Linden's page: a Shop with Checkout and Cart, and Sign-in beside it."""
    page = shelf.open_page(name=name, languages=languages, by=TERMINAL, at=NOON)
    a_component(page, "Shop")
    a_component(page, "Checkout", parent="shop", words=CHECKOUT_WORDS)
    a_component(page, "Cart", parent="shop")
    a_component(page, "Sign-in", words=SIGN_IN_WORDS)
    return shelf.brand(page.id)


def a_component(
    page: Brand,
    name: str,
    *,
    parent: str = "",
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """A component of the page; returns its id."""
    node = shelf.add_component(page.id, name=name, parent=parent, words=words, by=TERMINAL, at=NOON)
    return node.id


def an_incident(
    page: Brand,
    *,
    component: str = "checkout",
    state: State = State.MAJOR,
    title: str = "Checkout is failing",
    severity: Severity | None = None,
    layers: Mapping[str, Layer] | None = None,
    at: datetime = NOON,
) -> Spoken:
    """An incident declared on the page, with its first word: the holding one unless told else."""
    return word.declare(
        page.id,
        title=title,
        components={component: state},
        severity=severity,
        layers=layers,
        by=TERMINAL,
        at=at,
    )
