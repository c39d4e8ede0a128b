"""Checkout refuses orders: our own change met one shop's valid setting.

The rhythm is that of a content network's edge failure of 8 June 2021, from its published summary:
09:47 begins, 09:48 seen, 09:58 first word, 10:27 cause found, 10:36 recovering, 11:00 95 % back,
12:35 mitigated, 12:44 closed. What it said least is added: who, meanwhile, and the next word by.
"""

from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.incidents import declaration
from tocsin.incidents.models import MomentKind
from tocsin.rehearse.linden import Cast
from tocsin.rehearse.player import Night
from tocsin.statements.values import Forecast, Layer
from tocsin.statements.word import Saying

OPENS, CLOSES = "09:47", "12:44"
TITLE = "Checkout refuses orders"
NAMES = {"en": TITLE, "fr": "Les commandes sont refusées au passage en caisse"}


def tell(night: Night, cast: Cast) -> str:
    """Tell it whole, from 09:47 to 12:44; return the incident's id."""
    incident = begin(night, cast)
    night.say("10:12", incident, scope, by=cast.olu)
    learn(night, incident, "10:24", "Deploy 4471 reads shipping rules by zone.", cast)
    night.say("10:27", incident, identified, by=cast.lea)
    night.say("10:45", incident, recovering, by=cast.olu)
    night.say("11:00", incident, watching, by=cast.olu)
    night.say("11:58", incident, still_watching, by=cast.lea)
    mitigated(night, incident, cast)
    night.say("12:44", incident, resolved, by=cast.lea)
    return incident


def begin(night: Night, cast: Cast) -> str:
    """Olu declares it at 09:58, ten minutes after it was seen."""
    return night.declare(
        "09:58",
        TITLE,
        components={"checkout": State.MAJOR, "cards": State.MAJOR},
        started="09:47",
        detected="09:48",
        next_word="10:15",
        names=NAMES,
        by=cast.olu,
    )


def learn(night: Night, incident: str, clock: str, fact: str, cast: Cast) -> None:
    """Write down what is for our own eyes."""
    declaration.learn(incident, text=fact, by=cast.olu, at=night.at(clock))


def mitigated(night: Night, incident: str, cast: Cast) -> None:
    """At 12:35 the repair has reached every server."""
    at = night.at("12:35")
    declaration.set_moment(incident, kind=MomentKind.MITIGATED, moment_at=at, by=cast.olu, at=at)


def scope(night: Night) -> Saying:
    en, fr = night.told("09:47", "en"), night.told("09:47", "fr")
    return Saying(
        phase=Phase.INVESTIGATING,
        layers={
            "en": Layer(
                headline="Checkout refuses about 85 % of orders",
                body=f"Since {en}, most orders stop at the last step with an error. Cards are not "
                "charged when that happens. We are looking at the servers that answer checkout.",
                who="All shops, in every country; about 85 % of orders",
                still_works="Browsing, carts, sign-in, parcel tracking, orders already placed",
                workaround="Carts are kept for 48 hours: ask your customers to come back later",
            ),
            "fr": Layer(
                headline="Environ 85 % des commandes sont refusées au passage en caisse",
                body=f"Depuis {fr}, la plupart des commandes s’arrêtent à la dernière étape sur "
                "une erreur. Dans ce cas, la carte n’est pas débitée. Nous examinons les serveurs "
                "qui répondent au passage en caisse.",
                who="Toutes les boutiques, dans tous les pays ; environ 85 % des commandes",
                still_works="La navigation, les paniers, la connexion, le suivi des colis, les "
                "commandes déjà passées",
                workaround="Les paniers sont conservés 48 heures : invitez vos clients à revenir "
                "un peu plus tard",
            ),
        },
        next_word_at=night.when("10:32"),
    )


def identified(night: Night) -> Saying:
    return Saying(
        phase=Phase.IDENTIFIED,
        layers={
            "en": Layer(
                headline="We know why checkout refuses orders, and are repairing it",
                body="A change of ours cannot cope with a delivery rule that one shop set up "
                "today. The rule is perfectly valid; our change should have allowed for it. We "
                "are switching that part off, region by region.",
                details="The release of 3 weeks ago computes delivery rules ahead of an order. A "
                "rule whose zones overlap makes that step fail for *every* shop on the same "
                "server, and 85 % of our servers had loaded it within a minute.\n\n"
                "Orders refused since then were never created: nothing has to be undone.",
                who="All shops, in every country; about 85 % of orders",
                still_works="Browsing, carts, sign-in, parcel tracking, orders already placed",
                workaround="Carts are kept for 48 hours",
                cause="A change we released earlier fails on a valid delivery rule",
            ),
            "fr": Layer(
                headline="Nous savons pourquoi les commandes sont refusées et nous réparons",
                body="Une modification de notre fait ne supporte pas une règle de livraison "
                "qu’une boutique a créée aujourd’hui. La règle est parfaitement valide : c’est à "
                "notre modification de l’accepter. Nous désactivons cette partie, région par "
                "région.",
                details="La version mise en service il y a trois semaines calcule les règles de "
                "livraison avant la commande. Une règle dont les zones se recouvrent fait échouer "
                "cette étape pour *toutes* les boutiques du même serveur, et 85 % de nos serveurs "
                "l’avaient chargée en moins d’une minute.\n\n"
                "Les commandes refusées depuis n’ont jamais été créées : il n’y a rien à annuler.",
                who="Toutes les boutiques, dans tous les pays ; environ 85 % des commandes",
                still_works="La navigation, les paniers, la connexion, le suivi des colis, les "
                "commandes déjà passées",
                workaround="Les paniers sont conservés 48 heures",
                cause="Une modification mise en service plus tôt échoue sur une règle de "
                "livraison pourtant valide",
            ),
        },
        posture=Posture.CHANGE,
        certainty=Certainty.VERIFIED,
        next_word_at=night.when("10:47"),
        forecast=Forecast(
            earliest=night.when("10:45"),
            latest=night.when("11:30"),
            basis={
                "en": "each of the five regions takes eight to twenty minutes",
                "fr": "chacune des cinq régions demande de huit à vingt minutes",
            },
        ),
    )


def recovering(night: Night) -> Saying:
    en, fr = night.told("10:36", "en"), night.told("10:36", "fr")
    return Saying(
        phase=Phase.IDENTIFIED,
        components={"checkout": State.PARTIAL, "cards": State.DEGRADED},
        layers={
            "en": Layer(
                headline="Checkout is coming back, region by region",
                body=f"Since {en}, Europe and North America take orders again, slowly at times. "
                "Asia and South America are next.",
                who="About one order in three, mostly in Asia and South America",
                still_works="Everything but checkout in those regions",
                workaround="An order that is refused can be tried again; nobody is charged twice",
                cause="A change we released earlier fails on a valid delivery rule",
            ),
            "fr": Layer(
                headline="Le passage en caisse revient, région par région",
                body=f"Depuis {fr}, l’Europe et l’Amérique du Nord acceptent de nouveau les "
                "commandes, parfois lentement. L’Asie et l’Amérique du Sud suivent.",
                who="Environ une commande sur trois, surtout en Asie et en Amérique du Sud",
                still_works="Tout, sauf le passage en caisse dans ces régions",
                workaround="Une commande refusée peut être retentée ; personne n’est débité deux "
                "fois",
                cause="Une modification mise en service plus tôt échoue sur une règle de "
                "livraison pourtant valide",
            ),
        },
        next_word_at=night.when("11:05"),
    )


def watching(night: Night) -> Saying:
    return Saying(
        phase=Phase.MONITORING,
        components={"checkout": State.DEGRADED, "cards": State.OPERATIONAL},
        layers={
            "en": Layer(
                headline="A repair is in place; 95 % of orders go through",
                body="The failing part is off in all five regions. About one order in twenty "
                "still meets an error at the first try. If you see it, try once more, and tell "
                "us at help@linden.example if it persists.",
                who="About one order in twenty, at the first try",
                still_works="Everything else",
                workaround="Try the order once more",
                cause="A change we released earlier fails on a valid delivery rule",
            ),
            "fr": Layer(
                headline="Une réparation est en place ; 95 % des commandes aboutissent",
                body="La partie en cause est désactivée dans les cinq régions. Environ une "
                "commande sur vingt rencontre encore une erreur au premier essai. Dans ce cas, "
                "réessayez une fois, et écrivez-nous à help@linden.example si cela persiste.",
                who="Environ une commande sur vingt, au premier essai",
                still_works="Tout le reste",
                workaround="Retenter la commande une fois",
                cause="Une modification mise en service plus tôt échoue sur une règle de "
                "livraison pourtant valide",
            ),
        },
        next_word_at=night.when("12:00"),
    )


def still_watching(night: Night) -> Saying:
    return Saying(
        phase=Phase.MONITORING,
        layers={
            "en": Layer(
                headline="Orders go through; the last servers are being restarted",
                body="In the last hour 99.7 % of orders went through at the first try. We are "
                "restarting the remaining servers one by one, and will close this when none is "
                "left.",
                who="Fewer than one order in three hundred, at the first try",
                still_works="Everything else",
                workaround="Try the order once more",
            ),
            "fr": Layer(
                headline="Les commandes aboutissent ; nous redémarrons les derniers serveurs",
                body="Au cours de la dernière heure, 99,7 % des commandes ont abouti au premier "
                "essai. Nous redémarrons un par un les serveurs restants et clôturerons "
                "l’incident quand il n’en restera plus.",
                who="Moins d’une commande sur trois cents, au premier essai",
                still_works="Tout le reste",
                workaround="Retenter la commande une fois",
            ),
        },
        next_word_at=night.when("12:55"),
    )


def resolved(night: Night) -> Saying:
    return Saying(
        phase=Phase.RESOLVED,
        until=night.when("12:35"),
        layers={
            "en": Layer(
                headline="Checkout works again",
                body=f"From {night.told('09:47', 'en')} to {night.told('12:35', 'en')}, checkout "
                "refused orders: 85 % of them in the first 49 minutes, few after that. No order "
                "and no data was lost, nobody was charged for a refused order, and you have "
                "nothing to do. Sales you had a right to expect did not happen, and we are "
                "sorry. A full account, with what we change and by when, follows here.",
                cause="A change we released earlier failed on a valid delivery rule",
            ),
            "fr": Layer(
                headline="Le passage en caisse fonctionne de nouveau",
                body=f"De {night.told('09:47', 'fr')} à {night.told('12:35', 'fr')}, des "
                "commandes ont été refusées : 85 % d’entre elles pendant les 49 premières "
                "minutes, peu ensuite. Aucune commande ni aucune donnée n’a été perdue, personne "
                "n’a été débité pour une commande refusée, et vous n’avez rien à faire. Des "
                "ventes sur lesquelles vous étiez en droit de compter n’ont pas eu lieu, et nous "
                "en sommes désolés. Un compte rendu complet, avec nos mesures et leurs dates, "
                "suivra ici.",
                cause="Une modification mise en service plus tôt échouait sur une règle de "
                "livraison pourtant valide",
            ),
        },
    )
