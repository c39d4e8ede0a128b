"""A large page on a bad day: components in groups, three bad days each, three open incidents."""

import random
from collections.abc import Iterator
from datetime import timedelta

from tocsin.catalogue.tree import Node, State, Tree
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import NOON, a_node, a_snapshot, a_story, a_tree, a_word, later
from tocsin.statements.published import Layer, Span, Story

GROUPS = {
    "Online store": "Boutique en ligne",
    "Account and sign-in": "Compte et connexion",
    "Orders and delivery": "Commandes et livraison",
    "Partners": "Partenaires",
    "Analytics": "Statistiques",
    "Infrastructure": "Infrastructure",
    "Customer support": "Service client",
    "Media": "Médias",
}
PARTS = (
    "Checkout/Paiement, Shopping cart/Panier, Search/Recherche, Product catalogue/Catalogue, "
    "Customer reviews/Avis clients, Wishlists/Listes d’envies, Sign-in/Connexion, "
    "Profile settings/Espace client, Order tracking/Suivi des commandes, Returns/Retours, "
    "Shipping/Expédition, Store pick-up/Retrait en magasin, Pricing/Tarifs, "
    "Promo codes/Codes promo, Card payments/Paiement par carte, Invoices/Factures, "
    "Refunds/Remboursements, Email/E-mails, Push notifications/Notifications push, SMS/SMS, "
    "REST API/API REST, Webhooks/Webhooks, Data export/Export de données, "
    "Data import/Import de données, Reports/Rapports, Dashboards/Tableaux de bord, "
    "Admin console/Console d’administration, Images/Images, Video streaming/Streaming vidéo, "
    "File uploads/Envoi de fichiers, Downloads/Téléchargements, CDN/CDN, DNS/DNS, "
    "User directory/Annuaire, Single sign-on/Authentification unique, Audit log/Journal d’audit, "
    "Billing/Facturation, Subscriptions/Abonnements, Background jobs/Tâches de fond, "
    "Recommendations/Recommandations, Maps/Cartes, Route planning/Itinéraires, "
    "Inventory/Stocks, Supplier portal/Portail fournisseurs, Shipping labels/Étiquettes, "
    "Parcel tracking/Suivi des colis, Live chat/Chat en direct, Help center/Centre d’aide, "
    "Community forum/Forum, Blog/Blog"
).split(", ")
PLACES = ("", " in Europe", " in Asia", " in America")
TROUBLE = (State.MAJOR, State.PARTIAL, State.DEGRADED)

CHECKOUT = {
    "en": Layer(
        headline="Checkout is failing for one in three customers",
        body="Since 12:00 UTC about one in three card payments has been declined with an error. We "
        "have traced the fault to the connection with our payment provider and are moving traffic "
        "to the backup provider.",
        effect="Paying by card ends with an error message; your card is not charged",
        who="About one in three customers paying by card",
        still_works="Browsing, the shopping cart, and payment by bank transfer",
        workaround="Choose bank transfer at checkout, or try again later",
        cause="Our payment provider is dropping connections",
        details="The provider answers 503 to a third of `POST /authorize` calls.",
    ),
    "fr": Layer(
        headline="Le paiement échoue pour un client sur trois",
        body="Depuis 12 h UTC, environ un paiement par carte sur trois est refusé avec un message "
        "d’erreur. Nous avons identifié un défaut dans la connexion avec notre prestataire de "
        "paiement et basculons le trafic vers le prestataire de secours.",
        effect="Le paiement par carte se termine par une erreur ; votre carte n’est pas débitée",
        who="Environ un client sur trois parmi ceux qui paient par carte",
        still_works="La navigation, le panier et le paiement par virement",
        workaround="Choisissez le virement au moment de payer, ou réessayez plus tard",
        cause="Notre prestataire de paiement interrompt des connexions",
        details="Le prestataire répond 503 à un tiers des appels `POST /authorize`.",
    ),
}
SEARCH = {
    "en": Layer(
        headline="Search is slower than usual",
        body="Search results can take up to ten seconds to load. One of our three index servers "
        "failed overnight; its replacement is being rebuilt, which will take about an hour.",
    ),
    "fr": Layer(
        headline="La recherche est plus lente que d’habitude",
        body="Les résultats de recherche peuvent mettre jusqu’à dix secondes à s’afficher. L’un de "
        "nos trois serveurs d’index est tombé en panne cette nuit ; son remplaçant est en cours de "
        "reconstruction, ce qui prendra environ une heure.",
    ),
}
MAIL = {
    "en": Layer(
        headline="Order confirmation emails are delayed",
        body="Confirmation emails are arriving up to an hour late. All orders have been received; "
        "you can find them under “My orders” in your account.",
    ),
    "fr": Layer(
        headline="Les e-mails de confirmation de commande sont retardés",
        body="Les e-mails de confirmation arrivent avec jusqu’à une heure de retard. Toutes les "
        "commandes ont bien été enregistrées ; vous les retrouverez dans « Mes commandes », dans "
        "votre espace client.",
    ),
}


def a_large_page(components: int) -> Snapshot:
    """So many components under eight groups, with bars that are the same in every run."""
    tree = _a_tree_of(components)
    spans = tuple(_bad_days(tree))
    return a_snapshot(*_open(), tree=tree, spans=spans, at=later(20))


def _a_tree_of(components: int) -> Tree:
    told = [_a_part(part, place) for place in PLACES for part in PARTS][:components]
    groups = enumerate(GROUPS.items())
    return a_tree(
        *(a_node(name, *told[n :: len(GROUPS)], french=french) for n, (name, french) in groups)
    )


def _a_part(part: str, place: str) -> Node:
    english, french = part.split("/")
    return a_node(f"{english}{place}", french=f"{french}{place.replace(' in', ' –')}")


def _bad_days(tree: Tree) -> Iterator[Span]:
    chance = random.Random(5)
    for node in tree:
        for day in () if node.is_group else chance.sample(range(1, 90), 3):
            began = NOON - timedelta(days=day, minutes=chance.randrange(600))
            ended = began + timedelta(minutes=chance.randrange(5, 300))
            yield Span(node.id, chance.choice(TROUBLE), began, ended)
    for key, state in (("checkout", State.MAJOR), ("search", State.DEGRADED)):
        yield Span(key, state, NOON, None)


def _open() -> tuple[Story, ...]:
    told: tuple[tuple[dict[str, Layer], Severity, dict[str, State]], ...] = (
        (CHECKOUT, Severity.SEV1, {"checkout": State.MAJOR}),
        (SEARCH, Severity.SEV3, {"search": State.DEGRADED}),
        (MAIL, Severity.SEV3, {}),
    )
    return tuple(
        a_story(
            a_word(
                number=number,
                incident=f"incident{number:04d}",
                phase=Phase.IDENTIFIED,
                severity=severity,
                impacts=impacts,
                layers=layers,
                names={code: layer.headline for code, layer in layers.items()},
                next_word_at=later(40 + number),
                at=later(number),
            )
        )
        for number, (layers, severity, impacts) in enumerate(told, start=1)
    )
