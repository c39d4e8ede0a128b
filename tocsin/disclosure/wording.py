"""Words from templates: what is still blank, and the words once nothing is.

WordingError
└── BlankLeft    required blanks are empty; ``names`` says which
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from tocsin.disclosure import library
from tocsin.disclosure.library import Form, Kind, Template
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.typography import contracted, set_in

OPTIONAL = re.compile(r"\[optional: (?P<inside>[^\]]*)\]")
BLANK = re.compile(r"\{(?P<name>\w+)\}")
# Where the next word starts a sentence: at the start, after a full stop, after "*A label.* ".
SENTENCE_STARTS = re.compile(r"(?:^|[.!?…]\**\s)$")

TEMPLATES_OF = {
    Phase.HOLDING: ("T-01",),
    Phase.INVESTIGATING: ("T-02", "T-04", "T-10", "T-13", "T-11"),
    Phase.IDENTIFIED: ("T-03", "T-04", "T-10", "T-13", "T-11"),
    Phase.MONITORING: ("T-05", "T-10", "T-14", "T-11"),
    Phase.RESOLVED: ("T-07",),
    Phase.ACCOUNT: (),
    Phase.ANNOUNCED: ("T-08", "T-08-reminder", "T-08-moved", "T-08-longer"),
    Phase.BEGUN: ("T-08-begun", "T-08-longer"),
    Phase.CHECKING: ("T-08-checking",),
    Phase.ENDED: ("T-08-ended",),
    Phase.CANCELLED: ("T-08-cancelled",),
}
# What no other kind of incident says: its words need the consent that such an incident needs.
OF_SECURITY = frozenset({"T-10"})
LATE = "T-06"
NOUN = "function"  # the one blank that holds a noun with its article

Blanks = Mapping[str, str]


class WordingError(Exception):
    """The root of what can go wrong with words."""


class BlankLeft(WordingError):
    """Required blanks are empty; ``names`` holds them in the order of the text."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        labels = ", ".join(f"“{library.form(name, 'en').label}”" for name in names)
        super().__init__(f"Still to be filled: {labels}.")


@dataclass(frozen=True, slots=True)
class Words:
    """A headline in plain text (no length is enforced here) and a body in Markdown."""

    headline: str
    body: str


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank of one template; ``only_when`` names a choice and the options that bring it in."""

    form: Form
    required: bool
    only_when: tuple[str, frozenset[str]] | None = None

    @property
    def name(self) -> str:
        return self.form.name


def templates_of(phase: Phase, *, is_security: bool) -> tuple[str, ...]:
    """The keys of the templates that suit a word of this phase, the usual one first."""
    return tuple(key for key in TEMPLATES_OF[phase] if is_security or key not in OF_SECURITY)


def blanks_of(template: Template, language: str, severity: str | None = None) -> tuple[Blank, ...]:
    """Every blank of the template, in the order in which the text needs them.

    A blank that some severities may leave empty is required unless ``severity`` is one of those.
    """
    found: dict[str, Blank] = {}
    for blank in _blanks(template, language, severity):
        before = found.setdefault(blank.name, blank)
        if blank.required and not before.required:
            found[blank.name] = blank
        else:
            found[blank.name] = replace(before, only_when=_either(before, blank))
    return tuple(found.values())


def _either(one: Blank, other: Blank) -> tuple[str, frozenset[str]] | None:
    """What brings in a blank that two places need: where the text itself does, every choice."""
    if one.only_when is None or other.only_when is None or one.only_when[0] != other.only_when[0]:
        return None
    return one.only_when[0], one.only_when[1] | other.only_when[1]


def missing(template: Template, blanks: Blanks, severity: str | None = None) -> tuple[str, ...]:
    """The names of the blanks that still have to be filled, in the order of the text.

    An unknown option of a choice counts as empty. An optional sentence wants all of its blanks, or
    none ("range and basis: both or neither").
    """
    names = dict.fromkeys(
        blank.name
        for blank in blanks_of(template, "en", severity)
        if blank.required and _is_chosen(blank, blanks) and not _is_filled(template, blank, blanks)
    )
    for inside in _optional_insides(template):
        if any(_said(blanks, name) for name in _asked(inside)):
            names |= dict.fromkeys(n for n in BLANK.findall(inside) if not _said(blanks, n))
    return tuple(names)


def fill(template: Template, language: str, blanks: Blanks, severity: str | None = None) -> Words:
    """Make the words in one language out of what was said in it. Raises BlankLeft."""
    left = missing(template, blanks, severity)
    if left:
        raise BlankLeft(left)
    return _words(template, language, blanks)


def preview(
    template: Template, language: str, blanks: Blanks, severity: str | None = None
) -> Words:
    """Make the words as they stand so far: an empty required blank shows its label in brackets."""
    shown = dict(blanks)
    for name in missing(template, blanks, severity):
        shown[name] = _open_mark(name, language)
    return _words(template, language, shown)


def _open_mark(name: str, language: str) -> str:
    return f"[{library.form(name, language).label}]"


@cache
def open_marks(language: str) -> frozenset[str]:
    """All that :func:`preview` may put in the place of a blank that nobody has filled."""
    names = (
        blank.name
        for key in library.every_key()
        for blank in blanks_of(library.template(key), language)
    )
    return frozenset(_open_mark(name, language) for name in names)


def short_form(key: str, language: str, blanks: Blanks) -> str:
    """The line for a short medium: ``sms`` (meant for 160 characters), ``social`` or ``banner``.

    Raises BlankLeft.
    """
    return fill(library.template(key), language, blanks).body


def holding(
    function: str, next_update_at_text: str, since_text: str | None, language: str
) -> Words:
    """The holding statement (T-01), from the thing customers use and times already in words."""
    blanks = {
        "function": function,
        "next_update_at": next_update_at_text,
        "since": since_text or "",
    }
    return fill(library.template("T-01"), language, blanks)


def opened_late(words: Words, language: str, blanks: Blanks) -> Words:
    """Put the opener for a late word (promised_at, now, reason) before it. Raises BlankLeft."""
    opener = fill(library.template(LATE), language, blanks)
    return replace(words, body=f"{opener.body}\n\n{words.body}")


def without_opener(body: str, language: str) -> tuple[str, str]:
    """(reason, rest) of a body that opens with T-06; ("", body) of any other."""
    first, _, rest = body.partition("\n\n")
    opener = _opener(language).fullmatch(" ".join(first.split()))
    return (opener["reason"] or "", rest) if opener else ("", body)


@cache
def _opener(language: str) -> re.Pattern[str]:
    """What T-06 looks like once it is filled, its typography aside."""
    (line,) = library.template(LATE).texts[language].paragraphs
    fixed, inside = OPTIONAL.split(line)[:2]
    return re.compile(f"{_any_of(fixed.rstrip())}(?: {_any_of(inside)})?")


def _any_of(text: str) -> str:
    """A pattern for a text whose blanks hold anything, a full stop of their own included."""
    words = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(text)).replace("’", "['’]")
    return f"{words}?" if words.endswith(r"\.") else words


def _words(template: Template, language: str, blanks: Blanks) -> Words:
    text = template.text(language)
    headline, *paragraphs = (
        _written(line, text.choices, blanks, language) for line in (text.headline, *text.paragraphs)
    )
    return Words(
        headline=set_in(language, headline),
        body=set_in(language, "\n\n".join(filter(None, paragraphs))),
    )


def _written(
    line: str, choices: Mapping[str, Mapping[str, str]], blanks: Blanks, language: str
) -> str:
    line = BLANK.sub(lambda blank: _chosen(blank, choices, blanks), line)
    line = OPTIONAL.sub(lambda optional: _kept(optional["inside"], blanks), line)
    out = ""
    for piece, is_blank in _pieces(" ".join(line.split())):
        if not is_blank:
            # "Is it down?" followed by the template's own full stop keeps one mark.
            out += piece.removeprefix(".") if out.endswith((".", "!", "?", "…")) else piece
        else:
            said = _fitted(piece, blanks)
            out, said = contracted(language, out, said) if piece == NOUN else (out, said)
            out += _capitalised(said) if SENTENCE_STARTS.search(out) else said
    return out


def _chosen(blank: re.Match[str], choices: Mapping[str, Mapping[str, str]], blanks: Blanks) -> str:
    """A choice's own words in the place of its name; a choice not made is left to be shown."""
    options = choices.get(blank["name"], {})
    return options.get(_said(blanks, blank["name"]), blank[0])


def _kept(inside: str, blanks: Blanks) -> str:
    """An optional segment stays when somebody filled it; what we fill ourselves does not count."""
    return inside if all(_said(blanks, name) for name in _asked(inside)) else ""


def _asked(inside: str) -> list[str]:
    return [name for name in BLANK.findall(inside) if not library.form(name, "en").given]


def _pieces(line: str) -> Iterator[tuple[str, bool]]:
    for number, piece in enumerate(BLANK.split(line)):
        yield piece, number % 2 == 1


def _fitted(name: str, blanks: Blanks) -> str:
    """What was said, on one line, with the full stop that its place in the text asks for."""
    said = " ".join(_said(blanks, name).split())
    kind = library.form(name, "en").kind
    if kind is Kind.SENTENCE:
        return said if said.endswith((".", "!", "?", "…")) else f"{said}."
    return said.removesuffix(".") if kind is Kind.PHRASE and not said.endswith("..") else said


def _capitalised(said: str) -> str:
    """Capital first letter, unless the first word has capitals of its own ("iOS") or links."""
    first = said.split(" ", 1)[0]
    if first != first.lower() or "://" in first or "@" in first:
        return said
    return said[:1].upper() + said[1:]


def _blanks(template: Template, language: str, severity: str | None) -> Iterator[Blank]:
    text = template.text(language)
    for line in (text.headline, *text.paragraphs):
        for part, is_optional in _segments(line):
            for name in BLANK.findall(part):
                form = library.form(name, language)
                yield Blank(form, _is_required(form, is_optional, severity))
                for option, words in text.choices.get(name, {}).items():
                    brought = name, frozenset({option})
                    for inner in BLANK.findall(words):
                        yield Blank(library.form(inner, language), True, brought)


def _segments(line: str) -> Iterator[tuple[str, bool]]:
    for number, part in enumerate(OPTIONAL.split(line)):
        yield part, number % 2 == 1


def _is_required(form: Form, is_optional: bool, severity: str | None) -> bool:
    if not is_optional:
        return True
    return bool(form.required_at) and (severity is None or severity in form.required_at)


def _is_chosen(blank: Blank, blanks: Blanks) -> bool:
    return blank.only_when is None or _said(blanks, blank.only_when[0]) in blank.only_when[1]


def _is_filled(template: Template, blank: Blank, blanks: Blanks) -> bool:
    said = _said(blanks, blank.name)
    if blank.form.kind is Kind.CHOICE:
        return said in template.text("en").choices[blank.name]
    return bool(said)


def _optional_insides(template: Template) -> Iterator[str]:
    text = template.text("en")
    for line in (text.headline, *text.paragraphs):
        yield from OPTIONAL.findall(line)


def _said(blanks: Blanks, name: str) -> str:
    return blanks.get(name, "").strip()
