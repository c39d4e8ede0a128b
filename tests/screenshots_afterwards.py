"""Pictures of what comes after "resolved": what was promised, and what became of it."""

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

import time_machine

from tests import screenshots_score
from tests.serving import until

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.sync_api import Page

    from tests.screenshots import Studio
    from tocsin.catalogue.shelf import Brand

PHONE = {"width": 390, "height": 1100}
TALL = {"width": 1160, "height": 1180}
LIMITS = (
    "Limit sign-in by account, not by network",
    "no rule counts a whole network any more",
    "identity team",
    "Limiter la connexion par compte, et non par réseau",
    "aucune règle ne compte plus un réseau entier",
    "équipe identité",
)
ALARM = (
    "Alarm on refused sign-ins",
    "3 refused sign-ins in a minute ring the on-call phone",
    "on-call lead",
    "Alerter sur les connexions refusées",
    "3 refus en une minute font sonner l’astreinte",
    "responsable d’astreinte",
)
REHEARSE = (
    "Rehearse a change of rules on a tenth of the servers",
    "the release checklist refuses a change without it",
    "release manager",
    "Essayer chaque changement de règle sur un dixième des serveurs",
    "la liste de contrôle refuse un changement qui s’en passe",
    "responsable des mises en production",
)
SECOND_LINE = (
    "Open a second line for sign-in",
    "both lines answer in the weekly test",
    "network team",
    "Ouvrir une seconde ligne pour la connexion",
    "les deux lignes répondent à l’essai hebdomadaire",
    "équipe réseau",
)


SAID = (
    (
        "Customers who use Safari could not sign in for 71 minutes. A rule of ours took them for "
        "an attack. From January on, no rule counts a whole network any more."
    ),
    (
        "About 3,100 customers were turned away at least once. Whoever was signed in, and every "
        "other browser, went on working."
    ),
    "Nothing was lost or seen by anybody: we read the sign-in log from end to end.",
    (
        "At 12:41 we narrowed a rule against guessed passwords. Safari sends all of a network's "
        "sign-ins through few addresses, so the rule counted thousands of people as one."
    ),
    (
        "The rule was tried against a week of traffic without Safari. No alarm watched refused "
        "sign-ins, and a change of rules went to all servers at once."
    ),
    (
        "The repair took ten minutes once we looked. We looked 39 minutes late, and a customer "
        "knew before we did."
    ),
    "There is nothing to do. If a sign-in still fails, write to us.",
    "We turned your customers away at your own door, and we are sorry.",
)


def shoot(studio: "Studio", page: "Brand", traveller: time_machine.Traveller) -> None:
    """Four promises after the night: one kept, one moved, one given up, one as it was made."""
    from tocsin.followup import promises
    from tocsin.followup.pledges import Pledge, Proof
    from tocsin.people.models import Operator
    from tocsin.statements import published
    from tocsin.statements.promised import Promised
    from tocsin.worker import lanes
    from tocsin.worker.due import WORDS

    olu, at = Operator.objects.get(email="olu@linden.example").actor, studio.now
    traveller.move_to(at)
    cookies = studio.cookies
    stories = published.recent_stories(page.audience_id, limit=20)
    incident = next(one.incident_id for one in stories if "Safari" in one.name("en")[1])
    ids = []
    for days, told in ((12, ALARM), (20, LIMITS), (26, REHEARSE), (40, SECOND_LINE)):
        texts = {"en": Promised(*told[:3]), "fr": Promised(*told[3:])}
        pledge = Pledge(
            texts, at.date() + timedelta(days=days), True, f"https://tracker.example/{400 + days}"
        )
        ids.append(promises.promise(incident, pledge, by=olu, at=at).promise.id)
        _consented(incident, at)
    proof = {
        "en": "Rang within 40 seconds in the drill.",
        "fr": "A sonné en 40 secondes à l’essai.",
    }
    promises.prove(ids[0], Proof(proof, "https://ci.example/drill/7"), by=olu, at=at)
    _consented(incident, at)
    why = {
        "en": "The rule is part of a device that is replaced in January.",
        "fr": "La règle fait partie d’un appareil remplacé en janvier.",
    }
    promises.slip(ids[1], due_on=at.date() + timedelta(days=55), reason=why, by=olu, at=at)
    _consented(incident, at)
    why = {
        "en": "The line would end in the same building; a second one costs more than it helps.",
        "fr": "La ligne finirait dans le même bâtiment ; un second coûte plus qu’il n’apporte.",
    }
    promises.drop(ids[3], reason=why, by=olu, at=at)
    _consented(incident, at)
    studio.cookies = cookies
    _account_beside(studio, incident)
    studio.cookies = None
    lanes.drain(WORDS, at)
    found = f"{studio.url}/promises"
    until(lambda: _is_found(found), "the front has taken the promises up", within=30)
    for name, scheme in (("promises", "light"), ("promises-dark", "dark")):
        studio.shoot(name, "/promises", color_scheme=scheme, viewport=TALL)
    studio.shoot(
        "promises-phone",
        "/fr/promises",
        viewport=PHONE,
        device_scale_factor=1.5,
        is_mobile=True,
        has_touch=True,
    )
    _account(studio, incident)
    screenshots_score.shoot(studio, page)


def _consented(incident: str, at: "datetime") -> None:
    """Whoever the policy asks clears what waits."""
    from tocsin.people import access
    from tocsin.people.models import Role
    from tocsin.statements import answers

    for waiting in answers.waiting_of(incident):
        holder = access.holders_of(Role(waiting.role), waiting.page_id)[0]
        answers.grant(waiting.clearance_id, by=holder.actor, at=at)


def _is_found(url: str) -> bool:
    try:
        return bool(urlopen(url, timeout=5).status == 200)
    except HTTPError:
        return False


def _account_beside(studio: "Studio", incident: str) -> None:
    """The account half written, from both sides."""
    from tocsin.disclosure import outline
    from tocsin.followup import accounts
    from tocsin.incidents import declaration
    from tocsin.journal.actors import TERMINAL

    words = iter(SAID[:3])
    fact = "Acme Corp. called at 13:20; their shop had been shut out since noon"
    declaration.learn(incident, text=fact, by=TERMINAL, at=studio.now)
    draft = accounts.drafted(incident, "en", at=studio.now)
    source = outline.LEFT.sub(lambda left: next(words, left.group()), draft)
    accounts.keep(incident, {"en": source}, by=TERMINAL, at=studio.now)
    path = f"/console/incidents/{incident}/account"
    studio.shoot(
        "account-console", path, prepare=_to_both_sides, viewport={"width": 1160, "height": 1320}
    )


def _to_both_sides(tab: "Page") -> None:
    tab.get_by_role("tab", name="English").first.click()
    tab.get_by_text("Write it", exact=True).first.click()
    # Below what stays at the top of the window.
    tab.evaluate(
        "window.scrollBy(0, document.querySelector('.both-sides:not([hidden])')"
        ".getBoundingClientRect().top - 90)"
    )


def _account(studio: "Studio", incident: str) -> None:
    """What happened, in the words above, with what was drafted from the record around them."""
    from tocsin.disclosure import outline
    from tocsin.followup import accounts
    from tocsin.journal.actors import TERMINAL
    from tocsin.worker import lanes
    from tocsin.worker.due import WORDS

    words = iter(SAID)
    draft = accounts.drafted(incident, "en", at=studio.now)
    source = outline.LEFT.sub(lambda _left: next(words), draft)
    accounts.keep(incident, {"en": source}, by=TERMINAL, at=studio.now)
    accounts.publish(incident, by=TERMINAL, at=studio.now)
    _consented(incident, studio.now)
    lanes.drain(WORDS, studio.now)
    studio.shoot("account", f"/incidents/{incident}", viewport={"width": 1160, "height": 1360})
