"""What one audience was told of one incident, read from what was published: fast, for a score.

A record of ten thousand incidents holds tens of thousands of words.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

from pydantic_core import from_json

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure import policy
from tocsin.disclosure.coach import emptiness
from tocsin.disclosure.phases import FINAL, PLANNED, Phase
from tocsin.disclosure.policy import USUAL, Policy
from tocsin.disclosure.severity import Severity
from tocsin.followup import accounts
from tocsin.scorecard.history import Account, Closing, Word
from tocsin.statements import policies
from tocsin.statements.values import Kind

OVER = frozenset({Phase.RESOLVED, Phase.ENDED, Phase.CANCELLED})
ZERO = timedelta(0)
SEVERITIES = {severity.value: severity for severity in Severity}
PHASES = {phase.value: phase for phase in Phase}
Said = tuple[str, str, str, int, datetime, str]
TEXT = itemgetter(5)
NOTHING: Mapping[str, Any] = {}
# No word on how things stand: what was said in another language, and what became of promises.
APART = frozenset({Kind.TRANSLATION.value, Kind.PROGRESS.value})


class Policies:
    """What a page held itself to, and since when; each question is answered once."""

    def __init__(self, page_id: str) -> None:
        files = sorted((file.at, file.text) for file in policies.history(page_id) if file.at)
        self._since = [at for at, _ in files]
        self._texts = [policy.read(text) for _, text in files]
        self._waits: dict[tuple[int, str, Phase, bool], timedelta | None] = {}

    def at(self, moment: datetime) -> Policy:
        """The policy that was in force."""
        return self._texts[number - 1] if (number := self._number(moment)) else USUAL

    def _number(self, moment: datetime) -> int:
        return bisect_right(self._since, moment)

    def next_word(
        self, moment: datetime, severity: str, phase: Phase, *, is_long: bool
    ) -> timedelta | None:
        """How soon the next word was wanted after one of this phase; None after a last one."""
        if phase in FINAL:
            return None
        asked = (self._number(moment), severity, phase, is_long)
        if asked not in self._waits:
            # As cadence has it: planned work that takes longer goes at the pace of a known cause.
            pace = Phase.IDENTIFIED if phase in PLANNED else phase
            told = self.at(moment).next_word(SEVERITIES[severity], pace, is_long=is_long)
            self._waits[asked] = told
        return self._waits[asked]


class Telling:
    """What one audience was told of one incident."""

    def __init__(self, said: Sequence[Said], page: Brand, own: Policies) -> None:
        self.words: list[Word] = []
        self.names: dict[str, str] = {}
        self.closing: Closing | None = None
        self._given_at: datetime | None = None  # the account
        self._over_at: datetime | None = None
        self._phase: Phase | None = None
        self._severity = ""
        self._promised: str | None = None  # the day of the account
        self.promised_at: datetime | None = None  # when readers were first told of promises
        self.is_planned = self.is_imported = self.is_retrospective = False
        self._page, self._policies = page, own
        self._texts: list[str] = []
        self._impacts: Mapping[str, str] = {}
        contents = _contents(said)
        came = _translated(said, contents)
        for (_, _, kind, number, at, _text), content in zip(said, contents, strict=True):
            words = content.get("words") or NOTHING
            if self.promised_at is None and words.get("promises"):
                self.promised_at = at
            if words and kind not in APART:
                self._take(content, kind, at, came.get(number, NOTHING))

    def _take(
        self, content: Mapping[str, Any], kind: str, at: datetime, came: Mapping[str, datetime]
    ) -> None:
        told = content["words"]
        if not self.words:
            self.is_planned = told.get("window") is not None
            self.is_imported = bool(content.get("source"))
            self.is_retrospective = bool(told.get("retrospective"))
        phase, layers = PHASES[told["phase"]], told["layers"]
        primary = told.get("primary") or next(iter(layers), "")
        layer = layers.get(primary) or {}
        is_authored = kind == Kind.WORD
        if phase in OVER and phase != self._phase:
            self._over_at = at
        self._phase, self._severity = phase, told["severity"]
        self._promised = told.get("account_due")
        self.names |= told["name"]
        self.words.append(
            Word(
                at=at,
                is_final=phase in FINAL,
                is_authored=is_authored,
                is_scoped=is_authored and _is_scoped(told, layer),
                is_empty=is_authored and self._is_empty(layer, primary, phase),
                next_word_at=_time(told.get("next_word_at")),
                within=self._policies.next_word(
                    at, told["severity"], phase, is_long=bool(told.get("long_mode"))
                ),
                lags=self._lags(layers, primary, at, came) if is_authored else {},
                forecast=_forecast(told.get("forecast")),
                went_back=bool(told.get("turn_reason")),
                is_wider=self._is_wider(told["impacts"]),
            )
        )
        if is_authored:
            self._close(told, layer, phase, at)

    def account(self) -> Account | None:
        """When the account is owed and when it was given; None where neither is known."""
        due_at = None
        if self._over_at is not None and self._phase in FINAL:
            severity = SEVERITIES[self._severity]
            promised = date.fromisoformat(self._promised) if self._promised else None
            due_at = accounts.full_by(self._over_at, severity, self._page, promised=promised)
        if not due_at and not self._given_at:
            return None
        return Account(due_at, self._given_at, self._over_at)

    def _is_empty(self, layer: Mapping[str, str], language: str, phase: Phase) -> bool:
        text = layer.get("body") or layer.get("headline") or ""
        before, self._texts = self._texts, [*self._texts[-1:], text]
        if not self.words or phase in FINAL:
            return False
        return emptiness.is_empty(text, before, language)

    def _is_wider(self, impacts: Mapping[str, str]) -> bool:
        """Whether something is affected now that was not by the word before; a first word, and one
        after the end, begin anew."""
        before, self._impacts = self._impacts, impacts
        if impacts == before or not self.words or self.words[-1].is_final:
            return False
        return not _affected(impacts) <= _affected(before)

    def _lags(
        self,
        layers: Mapping[str, Any],
        primary: str,
        at: datetime,
        came: Mapping[str, datetime],
    ) -> Mapping[str, timedelta | None]:
        languages = self._page.languages
        if all(map(layers.__contains__, languages)):
            return _at_once(languages, primary)
        return {
            language: ZERO if language in layers else _after(at, came.get(language))
            for language in languages
            if language != primary
        }

    def _close(
        self, told: Mapping[str, Any], layer: Mapping[str, str], phase: Phase, at: datetime
    ) -> None:
        if phase == Phase.ACCOUNT:
            self._given_at = self._given_at or at
            return
        self._given_at = None  # taken back, or there was none yet
        if phase in FINAL:
            self.closing = Closing(
                since=bool(told.get("since")),
                until=bool(told.get("until")),
                effect=bool(layer.get("total") or layer.get("effect")),
                data=bool(told.get("data")),
            )


def _affected(impacts: Mapping[str, str]) -> set[str]:
    return {key for key, state in impacts.items() if state != State.OPERATIONAL}


def _forecast(told: Mapping[str, Any] | None) -> tuple[datetime, datetime] | None:
    if not told:
        return None
    return datetime.fromisoformat(told["earliest"]), datetime.fromisoformat(told["latest"])


def _is_scoped(told: Mapping[str, Any], layer: Mapping[str, str]) -> bool:
    who_or_where = bool(layer.get("who") or told["impacts"])
    since_and_next = bool(told.get("since") and told.get("next_word_at"))
    return bool(layer.get("effect")) and who_or_where and since_and_next


@lru_cache(maxsize=64)
def _at_once(languages: tuple[str, ...], primary: str) -> Mapping[str, timedelta]:
    return {language: ZERO for language in languages if language != primary}


def _after(at: datetime, came_at: datetime | None) -> timedelta | None:
    return max(came_at - at, ZERO) if came_at else None


def _contents(said: Iterable[Said]) -> list[dict[str, Any]]:
    """What was published, read at once: the names in it are then made once for all of it."""
    told: list[dict[str, Any]] = from_json(f"[{','.join(map(TEXT, said))}]")
    return told


def _time(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _translated(
    said: Iterable[Said], contents: Iterable[Mapping[str, Any]]
) -> Mapping[int, Mapping[str, datetime]]:
    """When each further language of a word came, by the word's number; the first time counts."""
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for (_, _, kind, _, at, _text), content in zip(said, contents, strict=True):
        if kind == Kind.TRANSLATION:
            for language in content["words"]["layers"]:
                found[content["translates"]].setdefault(language, at)
    return found
