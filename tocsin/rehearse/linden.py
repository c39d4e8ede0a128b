"""Linden, a fictional firm that lets small shops sell online: its page, its tree, its people."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.people.access import Member
from tocsin.people.models import Role

NAME, SLUG, CONTACT = "Linden", "linden", "help@linden.example"
LANGUAGES = ("en", "fr")
CAST = ("olu", "lea")
READERS = ("sam", "ana", "bao", "chloe", "dmitri", "elif")
WORDS = {
    "en": {"function": "the Linden shop platform", "can_do": "run your shop"},
    "fr": {"function": "la plateforme Linden", "can_do": "faire tourner votre boutique"},
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A component in both languages; ``under`` is the slug of its group."""

    slug: str
    under: str
    en: tuple[str, str, str]
    fr: tuple[str, str, str]

    @property
    def words(self) -> dict[str, dict[str, str]]:
        keys = ("name", "function", "can_do")
        return {
            "en": dict(zip(keys, self.en, strict=True)),
            "fr": dict(zip(keys, self.fr, strict=True)),
        }


TREE = (
    Shown(
        "shop",
        "",
        ("Shop", "your shop", "sell online"),
        ("Boutique", "votre boutique", "vendre en ligne"),
    ),
    Shown(
        "checkout",
        "shop",
        ("Checkout", "checkout", "place an order"),
        ("Passage en caisse", "le passage en caisse", "valider une commande"),
    ),
    Shown(
        "cart",
        "shop",
        ("Cart", "the cart", "fill a cart"),
        ("Panier", "le panier", "remplir un panier"),
    ),
    Shown(
        "search",
        "shop",
        ("Search", "product search", "search for a product"),
        ("Recherche", "la recherche de produits", "rechercher un produit"),
    ),
    Shown(
        "product-pages",
        "shop",
        ("Product pages", "product pages", "look at a product"),
        ("Fiches produit", "l’affichage des fiches produit", "consulter un produit"),
    ),
    Shown(
        "accounts",
        "",
        ("Accounts", "customer accounts", "use your account"),
        ("Comptes", "la gestion des comptes", "utiliser votre compte"),
    ),
    Shown(
        "sign-in",
        "accounts",
        ("Sign-in", "sign-in", "sign in"),
        ("Connexion", "la connexion", "vous connecter"),
    ),
    Shown(
        "registration",
        "accounts",
        ("Registration", "registration", "open an account"),
        ("Inscription", "l’inscription", "ouvrir un compte"),
    ),
    Shown(
        "payments",
        "",
        ("Payments", "payments", "pay for an order"),
        ("Paiements", "le paiement", "payer une commande"),
    ),
    Shown(
        "cards",
        "payments",
        ("Cards", "card payment", "pay by card"),
        ("Cartes", "le paiement par carte", "payer par carte"),
    ),
    Shown(
        "cards-europe",
        "cards",
        ("Cards in Europe", "card payment in Europe", "pay by card in Europe"),
        (
            "Cartes en Europe",
            "le paiement par carte en Europe",
            "payer par carte en Europe",
        ),
    ),
    Shown(
        "cards-elsewhere",
        "cards",
        ("Cards elsewhere", "card payment outside Europe", "pay by card outside Europe"),
        (
            "Cartes hors d’Europe",
            "le paiement par carte hors d’Europe",
            "payer par carte hors d’Europe",
        ),
    ),
    Shown(
        "transfers",
        "payments",
        ("Bank transfers", "payment by bank transfer", "pay by bank transfer"),
        ("Virements", "le paiement par virement", "payer par virement"),
    ),
    Shown(
        "wallets",
        "payments",
        ("Wallets", "payment by wallet", "pay by wallet"),
        (
            "Portefeuilles",
            "le paiement par portefeuille mobile",
            "payer avec un portefeuille mobile",
        ),
    ),
    Shown(
        "refunds",
        "payments",
        ("Refunds", "refunding", "refund an order"),
        ("Remboursements", "le remboursement", "rembourser une commande"),
    ),
    Shown(
        "delivery",
        "",
        ("Delivery", "delivery", "have an order delivered"),
        ("Livraison", "la livraison", "faire livrer une commande"),
    ),
    Shown(
        "labels",
        "delivery",
        ("Labels", "label printing", "print a label"),
        ("Étiquettes", "l’impression des étiquettes", "imprimer une étiquette"),
    ),
    Shown(
        "tracking",
        "delivery",
        ("Tracking", "parcel tracking", "follow a parcel"),
        ("Suivi", "le suivi des colis", "suivre un colis"),
    ),
    Shown(
        "pick-up-points",
        "delivery",
        ("Pick-up points", "the choice of a pick-up point", "choose a pick-up point"),
        ("Points relais", "le choix d’un point relais", "choisir un point relais"),
    ),
    Shown(
        "api",
        "",
        ("API", "the API", "call the API"),
        ("API", "l’accès à l’API", "appeler l’API"),
    ),
    Shown(
        "rest-api",
        "api",
        ("REST API", "the REST API", "call the REST API"),
        ("API REST", "l’accès à l’API REST", "appeler l’API REST"),
    ),
    Shown(
        "webhooks",
        "api",
        ("Webhooks", "webhook sending", "receive webhooks"),
        ("Webhooks", "l’envoi des webhooks", "recevoir des webhooks"),
    ),
)


def open_page(*, by: Actor, at: datetime) -> Brand:
    """Open Linden's page with its whole tree. Raises CannotKeep."""
    page = shelf.open_page(
        name=NAME,
        slug=SLUG,
        languages=LANGUAGES,
        time_zone="Etc/UTC",
        contact=CONTACT,
        words=WORDS,
        by=by,
        at=at,
    )
    for shown in TREE:
        shelf.add_component(
            page.id,
            name=shown.en[0],
            slug=shown.slug,
            parent=shown.under,
            words=shown.words,
            by=by,
            at=at,
        )
    return shelf.brand(page.id)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts: Olu responds, Lea leads."""

    olu: Actor
    lea: Actor

    def named(self, name: str) -> Actor:
        """One of them by the name that a scenario has."""
        return {"olu": self.olu, "lea": self.lea}[name]


def invite_cast(*, by: Actor, at: datetime) -> Cast:
    """Let Olu and Lea in, unless they are already; nobody is written to."""
    return Cast(
        olu=_invited("Olu", Role.RESPONDER, by=by, at=at),
        lea=_invited("Lea", Role.INCIDENT_LEAD, by=by, at=at),
    )


def _invited(name: str, role: Role, *, by: Actor, at: datetime) -> Actor:
    email = f"{name.lower()}@linden.example"
    if _member(email) is None:
        access.invite(email=email, name=name, role=role, by=by, at=at)
    member = _member(email)
    assert member is not None
    operator = access.operator_of(member.id)
    assert operator is not None
    return operator.actor


def _member(email: str) -> Member | None:
    return next((member for member in access.everyone() if member.email == email), None)
