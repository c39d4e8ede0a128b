"""The answers that stand in rows beside a word, without what its own paragraphs tell. Pure."""

from dataclasses import dataclass
from datetime import date

from tocsin.disclosure import summing_up, times
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import CauseSide
from tocsin.statements.published import Layer, Words


@dataclass(frozen=True, slots=True)
class Answers:
    """Those of one word in the language in which it is read. A last word alone sums itself up.

    ``is_foreign``: the reader's language is another one, so that what can be told in theirs is.
    """

    words: Words
    layer: Layer
    language: str
    is_foreign: bool = False

    def said(self, name: str) -> str:
        """What a field of the layer answers; empty where nothing is, or the words tell it."""
        answer: str = getattr(self.layer, name)
        blank = summing_up.CAUSE if name == "cause" else name
        return "" if self.is_told(blank, answer) else answer

    def is_told(self, blank: str, answer: str) -> bool:
        """Whether the paragraph for a blank of the template holds an answer."""
        is_last = self.words.phase == Phase.RESOLVED
        return is_last and summing_up.tells(self.layer.body, self.language, blank, answer)

    @property
    def tells_side(self) -> bool:
        """Whether a row says whose side the cause is on: not where nobody knows, beside its why."""
        is_told = bool(self.layer.cause) and not self.said("cause")
        return not is_told or self.words.cause_side != CauseSide.UNKNOWN

    @property
    def data(self) -> DataStatement | None:
        """What became of readers' data; None where nobody said, or the words do."""
        data = self.words.data
        if self.words.phase != Phase.RESOLVED or data in (None, DataStatement.IN_WORDS):
            return None
        body = self.layer.body
        is_told = not self.is_foreign and summing_up.tells_of_data(body, self.language, data)
        return None if is_told else data

    @property
    def account_due(self) -> date | None:
        """By when the account is promised; None where nobody did, or the words tell the day."""
        due = self.words.account_due
        if self.words.phase != Phase.RESOLVED or due is None:
            return None
        told = times.day(due, self.language)
        return None if not self.is_foreign and self.is_told("account_due", told) else due
