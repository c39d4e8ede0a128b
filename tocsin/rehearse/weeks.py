"""The weeks before: short incidents, told briefly, so that bars and history have something to say.

Their rhythm is that of the short ones among published timelines; nobody is written to of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure import times
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.disclosure.severity import Severity
from tocsin.rehearse.afterwards import Afterwards
from tocsin.rehearse.linden import Cast
from tocsin.statements import word
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying


@dataclass(frozen=True, slots=True)
class Told:
    """One language's lines: a name, the effect as it was felt and in all, and its cause."""

    name: str
    effect: str
    total: str
    cause: str


@dataclass(frozen=True, slots=True)
class Past:
    """An incident that is over: how long ago it began, how long it lasted, what was said.

    One ``is_late``: its second word missed its time and says so, as words do. One has an account,
    and promises that go with it.
    """

    days_ago: int
    hour: float
    first_word_after: timedelta
    lasted: timedelta
    components: Mapping[str, State]
    posture: Posture
    lines: Mapping[str, Told]
    severity: Severity | None = None
    is_late: bool = False
    has_account: bool = False


PAST = (
    Past(
        days_ago=76,
        hour=14.1,
        first_word_after=timedelta(minutes=9),
        lasted=timedelta(hours=3, minutes=25),
        components={"tracking": State.DEGRADED},
        posture=Posture.SUPPLIER,
        lines={
            "en": Told(
                "Parcel tracking is hours behind",
                "Parcels show where they were this morning. They are on their way all the same.",
                "All parcels of one carrier, up to four hours behind",
                "A carrier that we chose to rely on sent us its scans late",
            ),
            "fr": Told(
                "Le suivi des colis a plusieurs heures de retard",
                "Les colis apparaissent là où ils étaient ce matin. Ils avancent néanmoins.",
                "Tous les colis d’un transporteur, jusqu’à quatre heures de retard",
                "Un transporteur auquel nous avons choisi de faire confiance nous a transmis ses "
                "relevés en retard",
            ),
        },
    ),
    Past(
        days_ago=61,
        hour=8.4,
        first_word_after=timedelta(minutes=6),
        lasted=timedelta(minutes=52),
        components={"webhooks": State.PARTIAL},
        posture=Posture.CHANGE,
        severity=Severity.SEV3,
        is_late=True,
        lines={
            "en": Told(
                "Half of all webhooks arrive late",
                "About one webhook in two arrives up to 40 minutes late; none is lost.",
                "One webhook in two, up to 40 minutes late",
                "A change of ours halved the senders",
            ),
            "fr": Told(
                "La moitié des webhooks arrivent en retard",
                "Environ un webhook sur deux arrive avec jusqu’à 40 minutes de retard ; aucun "
                "n’est perdu.",
                "Un webhook sur deux, jusqu’à 40 minutes de retard",
                "Une de nos modifications a divisé par deux le nombre d’expéditeurs",
            ),
        },
    ),
    Past(
        days_ago=40,
        hour=18.7,
        first_word_after=timedelta(minutes=7),
        lasted=timedelta(hours=1, minutes=31),
        components={"cards-europe": State.MAJOR},
        posture=Posture.SUPPLIER,
        has_account=True,
        lines={
            "en": Told(
                "Card payment fails in Europe",
                "Cards are refused at the last step in Europe. Transfers and wallets work.",
                "About 2,300 card payments refused",
                "The card processor that we chose could not be reached",
            ),
            "fr": Told(
                "Le paiement par carte échoue en Europe",
                "Les cartes sont refusées à la dernière étape en Europe. Virements et "
                "portefeuilles fonctionnent.",
                "Environ 2 300 paiements par carte refusés",
                "Le prestataire de paiement que nous avons choisi était injoignable",
            ),
        },
    ),
    Past(
        days_ago=23,
        hour=10.2,
        first_word_after=timedelta(minutes=12),
        lasted=timedelta(minutes=47),
        components={"search": State.DEGRADED, "product-pages": State.DEGRADED},
        posture=Posture.DESIGN,
        lines={
            "en": Told(
                "Search takes five seconds and more",
                "Search answers in five to nine seconds, and product pages open slowly.",
                "Every search, five to nine seconds",
                "An index of ours outgrew the memory of its servers",
            ),
            "fr": Told(
                "La recherche met plus de cinq secondes",
                "La recherche répond en cinq à neuf secondes et les fiches produit s’ouvrent "
                "lentement.",
                "Toutes les recherches, cinq à neuf secondes",
                "Un de nos index dépassait la mémoire de ses serveurs",
            ),
        },
    ),
    Past(
        days_ago=9,
        hour=6.9,
        first_word_after=timedelta(minutes=8),
        lasted=timedelta(hours=2, minutes=14),
        components={"labels": State.PARTIAL},
        posture=Posture.ACCIDENT,
        lines={
            "en": Told(
                "Labels of one carrier cannot be printed",
                "Labels of one carrier in four cannot be printed. The other carriers work.",
                "One label in four",
                "A cut cable kept that carrier's service out of reach",
            ),
            "fr": Told(
                "Les étiquettes d’un transporteur ne s’impriment plus",
                "Les étiquettes d’un transporteur sur quatre ne s’impriment plus. Les autres "
                "transporteurs fonctionnent.",
                "Une étiquette sur quatre",
                "Un câble sectionné rendait ce transporteur injoignable",
            ),
        },
    ),
)
WATCHED_FOR = timedelta(minutes=25)


def tell(page: Brand, cast: Cast, *, until: datetime) -> None:
    """Tell every past incident, the oldest first; nothing is announced."""
    midnight = until.replace(hour=0, minute=0, second=0, microsecond=0)
    followed: list[Afterwards] = []
    for past in PAST:
        began = midnight - timedelta(days=past.days_ago) + timedelta(hours=past.hour)
        for afterwards in followed:
            afterwards.until(began)
        incident = _tell(page, past, cast, began=began)
        if past.has_account:
            followed.append(Afterwards(incident, cast, ended_at=began + past.lasted))
    for afterwards in followed:
        afterwards.until(until)


def _tell(page: Brand, past: Past, cast: Cast, *, began: datetime) -> str:
    first, ended = began + past.first_word_after, began + past.lasted
    incident = word.declare(
        page.id,
        title=past.lines[page.language].name,
        components=past.components,
        severity=past.severity,
        layers=_first(past),
        started_at=began,
        next_word_at=None if past.is_late else ended + timedelta(minutes=3),
        announces=False,
        by=cast.olu,
        at=first,
    ).incident_id
    watching = Saying(
        Phase.MONITORING, _watched(past), certainty=Certainty.VERIFIED, posture=past.posture
    )
    word.say(incident, watching, announces=False, by=cast.olu, at=ended)
    resolved = Saying(
        Phase.RESOLVED,
        _last(page, past, began, ended),
        names=_names(past),
        until=ended,
        data=DataStatement.NONE_LOST,
    )
    word.say(incident, resolved, announces=False, by=cast.lea, at=ended + WATCHED_FOR)
    return incident


def _names(past: Past) -> dict[str, str]:
    return {language: told.name for language, told in past.lines.items()}


def _first(past: Past) -> dict[str, Layer]:
    return {key: Layer(headline=told.name, body=told.effect) for key, told in past.lines.items()}


WATCHING = {
    "en": Layer(
        headline="A repair is in place; we are watching it",
        body="We close this once it has held for a while.",
    ),
    "fr": Layer(
        headline="Une réparation est en place ; nous la surveillons",
        body="Nous clôturerons l’incident lorsqu’elle aura tenu quelque temps.",
    ),
}
OVER = {
    "en": Layer(
        headline="It works again",
        body="From {since} to {until}: {effect}\n\nWe are sorry for the time it cost you.",
        customer_action="Nothing",
    ),
    "fr": Layer(
        headline="Tout fonctionne de nouveau",
        body="De {since} à {until} : {effect}\n\n"
        "Nous sommes désolés du temps que cela vous a pris.",
        customer_action="Rien",
    ),
}


def _watched(past: Past) -> dict[str, Layer]:
    return {key: replace(WATCHING[key], cause=told.cause) for key, told in past.lines.items()}


def _last(page: Brand, past: Past, began: datetime, ended: datetime) -> dict[str, Layer]:
    def spoken(at: datetime, language: str) -> str:
        return times.spoken(at, page.time_zone, language, now=ended + WATCHED_FOR)

    return {
        key: replace(
            OVER[key],
            body=OVER[key].body.format(
                since=spoken(began, key),
                until=spoken(ended, key),
                effect=told.effect,
            ),
            total=told.total,
            cause=told.cause,
        )
        for key, told in past.lines.items()
    }
