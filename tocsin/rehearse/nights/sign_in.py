"""Sign-in refuses readers of one browser: a rule against floods was aimed too widely.

The rhythm is that of a code host's incident of 15 April 2025: 12:45 begins, 13:30 first words,
13:46 cause found and the next word promised in 15 minutes, 13:59 most can get in, 14:12 closed.
"""

from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.rehearse.linden import Cast
from tocsin.rehearse.player import Night
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

OPENS, MIDWAY, CLOSES = "12:45", "13:49", "14:12"
TITLE = "Sign-in refuses customers who use Safari"
NAMES = {"en": TITLE, "fr": "La connexion est refusée aux clients qui utilisent Safari"}


def tell(night: Night, cast: Cast) -> str:
    """Tell it whole; return the incident's id."""
    incident = tell_midway(night, cast)
    night.say("13:59", incident, watching, by=cast.olu)
    night.say("14:12", incident, resolved, by=cast.lea)
    return incident


def tell_midway(night: Night, cast: Cast) -> str:
    """Tell it until the cause is known and the repair on its way; it stays open."""
    incident = night.declare(
        "13:30",
        TITLE,
        components={"sign-in": State.PARTIAL},
        started="12:45",
        detected="13:24",
        next_word="13:50",
        names=NAMES,
        by=cast.olu,
    )
    night.say("13:34", incident, scope, by=cast.olu)
    night.say("13:46", incident, identified, by=cast.lea)
    return incident


def scope(night: Night) -> Saying:
    en, fr = night.told("12:45", "en"), night.told("12:45", "fr")
    return Saying(
        phase=Phase.INVESTIGATING,
        layers={
            "en": Layer(
                headline="Safari users who are signed out cannot sign in",
                body=f"Since {en}, they see \u201ctoo many requests\u201d instead of the sign-in "
                "form. Whoever is signed in already stays so.",
                who="Customers on Safari who are signed out",
                still_works="Every other browser; orders without an account; open sessions",
                workaround="Sign in with another browser, or order without an account",
            ),
            "fr": Layer(
                headline="Les clients sous Safari ne peuvent plus se connecter",
                body=f"Depuis {fr}, ils voient « trop de requêtes » à la place du formulaire de "
                "connexion. Les sessions déjà ouvertes le restent.",
                who="Les clients qui utilisent Safari et ne sont pas déjà connectés",
                still_works="Tous les autres navigateurs ; les commandes sans compte ; les "
                "sessions ouvertes",
                workaround="Se connecter avec un autre navigateur, ou commander sans compte",
            ),
        },
        next_word_at=night.when("13:50"),
    )


def identified(night: Night) -> Saying:
    return Saying(
        phase=Phase.IDENTIFIED,
        layers={
            "en": Layer(
                headline="We know why Safari users cannot sign in; the repair is going out",
                body="A rule of ours that protects sign-in against floods of requests was aimed "
                "too widely and took Safari for an attacker. We are narrowing it, server by "
                "server.",
                details="The rule counts requests by the shape of their headers. An update of "
                "Safari gave millions of browsers one and the same shape, and they shared one "
                "budget.",
                who="Customers on Safari who are signed out",
                still_works="Every other browser; orders without an account; open sessions",
                workaround="Sign in with another browser, or order without an account",
                cause="A protection of ours was aimed too widely",
            ),
            "fr": Layer(
                headline="Nous savons pourquoi Safari est refusé ; la réparation se déploie",
                body="Une de nos règles, qui protège la connexion contre les afflux de requêtes, "
                "visait trop large et a pris Safari pour un attaquant. Nous la resserrons, "
                "serveur par serveur.",
                details="La règle compte les requêtes d’après la forme de leurs en-têtes. Une "
                "mise à jour de Safari a donné la même forme à des millions de navigateurs, qui "
                "se sont partagé un seul quota.",
                who="Les clients qui utilisent Safari et ne sont pas déjà connectés",
                still_works="Tous les autres navigateurs ; les commandes sans compte ; les "
                "sessions ouvertes",
                workaround="Se connecter avec un autre navigateur, ou commander sans compte",
                cause="Une de nos protections visait trop large",
            ),
        },
        posture=Posture.CHANGE,
        certainty=Certainty.VERIFIED,
        next_word_at=night.when("14:01"),
    )


def watching(night: Night) -> Saying:
    return Saying(
        phase=Phase.MONITORING,
        components={"sign-in": State.DEGRADED},
        layers={
            "en": Layer(
                headline="Safari users can sign in again; the last servers follow",
                body="Most who try get in. If you still see \u201ctoo many requests\u201d, wait "
                "a minute and try again.",
                who="A few customers on Safari, for some minutes more",
                still_works="Everything else",
                workaround="Wait a minute and try again",
            ),
            "fr": Layer(
                headline="Safari fonctionne de nouveau ; les derniers serveurs suivent",
                body="La plupart des connexions aboutissent. Si vous voyez encore « trop de "
                "requêtes », patientez une minute et réessayez.",
                who="Quelques clients sous Safari, pour quelques minutes encore",
                still_works="Tout le reste",
                workaround="Patienter une minute et réessayer",
            ),
        },
        next_word_at=night.when("14:29"),
    )


def resolved(night: Night) -> Saying:
    return Saying(
        phase=Phase.RESOLVED,
        until=night.when("13:56"),
        layers={
            "en": Layer(
                headline="Sign-in works in every browser again",
                body=f"From {night.told('12:45', 'en')} to {night.told('13:56', 'en')}, "
                "customers on Safari who were signed out could not sign in. No data was lost or "
                "seen by anybody, and you have nothing to do. We are sorry: your customers were "
                "turned away at your own door, and we saw it 39 minutes late.",
                cause="A protection of ours was aimed too widely",
            ),
            "fr": Layer(
                headline="La connexion fonctionne de nouveau dans tous les navigateurs",
                body=f"De {night.told('12:45', 'fr')} à {night.told('13:56', 'fr')}, les clients "
                "sous Safari qui n’étaient pas connectés ne pouvaient pas se connecter. Aucune "
                "donnée n’a été perdue ni vue par quiconque, et vous n’avez rien à faire. Nous "
                "sommes désolés : vos clients ont trouvé porte close chez vous, et nous l’avons "
                "vu avec 39 minutes de retard.",
                cause="Une de nos protections visait trop large",
            ),
        },
    )
