"""What came of one of those weeks' incidents: its account, and the promises made with it.

One was kept, one was given up, one slipped and is still open; a month later readers were told so.
"""

from collections import deque
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from tocsin.disclosure import outline
from tocsin.followup import accounts, promises, reporting_back
from tocsin.followup.pledges import Pledge, Proof
from tocsin.rehearse.linden import Cast
from tocsin.statements.promised import Promised

ACCOUNT_AFTER, AT = timedelta(days=6), time(10, 0)  # UTC
# What the record cannot know, a paragraph each, in the order in which an account asks for it.
ACCOUNT = {
    "en": """\
For an hour and a half, checkout in Europe refused cards. The card processor that we chose did not
answer, and we had no second one. We are adding a second one, and your customers now see the ways
to pay that work.

About 2,300 card payments were refused. Transfers, wallets, and cards outside Europe went on
working.

No data was lost, changed or seen by anybody else. We compared every refused payment with the
processor's own record: no card was charged for a refused order.

The processor stopped answering in Europe. Checkout waited thirty seconds for each answer, then
refused. When the processor came back, card payments came back with it.

By our choice, all European cards went through one processor. Checkout could not tell within
seconds that it was silent, and went on offering cards first. We had put off the test without that
processor twice.

You heard of it after seven minutes, with what still worked. Then we were silent for 84 minutes.
That kept the time we had stated, and it was too long.

Orders that were refused that evening were not placed. Your customers can place them again; there
is nothing else to do. We have refunded your fees of that day.

You lost sales through a choice of ours, and we are sorry. Write to us: somebody from the payments
team answers.""",
    "fr": """\
Pendant une heure et demie, le passage en caisse a refusé les cartes en Europe. Le prestataire de
paiement que nous avons choisi ne répondait pas, et nous n’en avions pas de second. Nous en
ajoutons un, et vos clients voient désormais les moyens de paiement qui fonctionnent.

Environ 2 300 paiements par carte ont été refusés. Les virements, les portefeuilles et les cartes
hors d’Europe ont continué de fonctionner.

Aucune donnée n’a été perdue, modifiée ni vue par un tiers. Nous avons comparé chaque paiement
refusé au relevé du prestataire : aucune carte n’a été débitée pour une commande refusée.

Le prestataire a cessé de répondre en Europe. Le passage en caisse attendait chaque réponse trente
secondes, puis refusait. Quand le prestataire a répondu de nouveau, les paiements par carte ont
repris.

Par notre choix, toutes les cartes européennes passaient par un seul prestataire. Le passage en
caisse ne voyait pas en quelques secondes qu’il se taisait, et proposait toujours la carte en
premier. Nous avions reporté deux fois l’essai sans ce prestataire.

Vous l’avez appris au bout de sept minutes, avec ce qui fonctionnait encore. Nous nous sommes
ensuite tus pendant 84 minutes. L’heure annoncée était tenue, et c’était trop long.

Les commandes refusées ce soir-là n’ont pas été passées. Vos clients peuvent les repasser ; il n’y
a rien d’autre à faire. Nous avons remboursé vos frais de ce jour-là.

Vous avez perdu des ventes par un choix qui est le nôtre, et nous en sommes désolés. Écrivez-nous :
l’équipe des paiements vous répond.""",
}
SECOND = {
    "en": Promised(
        "Take cards through a second processor when the first is silent",
        "a test without the first processor takes payments again within two minutes",
        "head of payments",
    ),
    "fr": Promised(
        "Accepter les cartes par un second prestataire quand le premier se tait",
        "un essai sans le premier prestataire accepte de nouveau des paiements en deux minutes",
        "responsable des paiements",
    ),
}
FIRST_WHAT_WORKS = {
    "en": Promised(
        "Show the ways to pay that work above those that fail",
        "a test that fails cards in Europe shows wallets and transfers above them",
        "checkout lead",
    ),
    "fr": Promised(
        "Montrer les moyens de paiement qui fonctionnent avant ceux qui échouent",
        "un essai où les cartes échouent en Europe montre portefeuilles et virements avant elles",
        "responsable du passage en caisse",
    ),
}
DUTY_DESK = {
    "en": Promised(
        "Connect the processor's duty desk to our emergency line",
        "a call from the duty desk reaches whoever is on call within a minute",
        "head of operations",
    ),
    "fr": Promised(
        "Relier la permanence du prestataire à notre ligne d’urgence",
        "un appel de la permanence joint la personne d’astreinte en une minute",
        "responsable de l’exploitation",
    ),
}
SHOWN = {
    "en": "The test has passed in every release since.",
    "fr": "L’essai réussit depuis à chaque version.",
}
NO_DESK = {
    "en": "The processor closed its duty desk. Its alarms now come straight into ours.",
    "fr": "Le prestataire a fermé sa permanence. Ses alarmes arrivent désormais chez nous.",
}
LATER = {
    "en": "The contract with the second processor was signed two weeks later than planned.",
    "fr": "Le contrat avec le second prestataire a été signé deux semaines plus tard que prévu.",
}


class Afterwards:
    """What followed an incident that is over, told as far as a moment, each on its own day."""

    def __init__(self, incident_id: str, cast: Cast, *, ended_at: datetime) -> None:
        self._incident, self._cast = incident_id, cast
        self._given_on = (ended_at + ACCOUNT_AFTER).date()
        given_at = datetime.combine(self._given_on, AT, UTC)
        self._ids: dict[str, str] = {}
        days: tuple[tuple[int, Callable[[datetime], object]], ...] = (
            (0, self._account),
            (11, self._kept),
            (18, self._given_up),
            (24, self._slipped),
            (30, reporting_back.report),
        )
        self._acts = deque((given_at + timedelta(days=day), act) for day, act in days)

    def until(self, moment: datetime) -> None:
        """Do all that was done by then and is not told yet."""
        while self._acts and self._acts[0][0] <= moment:
            at, act = self._acts.popleft()
            act(at)

    def _account(self, at: datetime) -> None:
        for name, texts, days in (
            ("second", SECOND, 30),
            ("works", FIRST_WHAT_WORKS, 14),
            ("desk", DUTY_DESK, 21),
        ):
            pledge = Pledge(texts, self._in(days), is_public=True)
            made = promises.promise(self._incident, pledge, by=self._cast.lea, at=at)
            self._ids[name] = made.promise.id
        sources = {code: self._source(code, at=at) for code in ACCOUNT}
        accounts.keep(self._incident, sources, by=self._cast.lea, at=at)
        accounts.publish(self._incident, announces=False, by=self._cast.lea, at=at)

    def _source(self, language: str, *, at: datetime) -> str:
        told = iter(ACCOUNT[language].split("\n\n"))
        draft = accounts.drafted(self._incident, language, at=at)
        return outline.LEFT.sub(lambda _left: next(told).replace("\n", " "), draft)

    def _kept(self, at: datetime) -> None:
        lea = self._cast.lea
        promises.prove(self._ids["works"], Proof(SHOWN), announces=False, by=lea, at=at)

    def _given_up(self, at: datetime) -> None:
        lea = self._cast.lea
        promises.drop(self._ids["desk"], reason=NO_DESK, announces=False, by=lea, at=at)

    def _slipped(self, at: datetime) -> None:
        promises.slip(
            self._ids["second"],
            due_on=self._in(52),
            reason=LATER,
            announces=False,
            by=self._cast.lea,
            at=at,
        )

    def _in(self, days: int) -> date:
        """So many days after the account."""
        return self._given_on + timedelta(days=days)
