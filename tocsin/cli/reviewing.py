"""`tocsin review`: what a careful reader would say of a text, or of all that was ever said."""

from pathlib import Path
from typing import Any

import click

from tocsin.catalogue.tree import State
from tocsin.cli import histories, options, printing
from tocsin.cli.commands import Refused
from tocsin.cli.options import page_of
from tocsin.cli.shown import Shown
from tocsin.disclosure.coach import reviewing
from tocsin.disclosure.coach.lexicon import BadLexicon
from tocsin.disclosure.coach.manner import USUAL
from tocsin.disclosure.coach.values import (
    Allowed,
    Component,
    Context,
    Finding,
    Findings,
    Kind,
    Level,
    Strictness,
)
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.disclosure.severity import Severity
from tocsin.statements import manners, policies

USUAL_VOICE = Allowed.FACTS_AND_OWNERSHIP
USUAL_PHASE = Phase.INVESTIGATING.value
MOMENTS = (*map(str, Phase), Kind.MAINTENANCE.value, Kind.SECURITY.value)
SAID = {
    Level.BLOCK: "stops it",
    Level.REVIEW: "needs a second reader",
    Level.WARN: "warning",
    Level.HINT: "hint",
}
COLOURS = {Level.BLOCK: "red", Level.REVIEW: "magenta", Level.WARN: "yellow", Level.HINT: "cyan"}


def _choice(kind: Any) -> click.Choice[str]:
    return click.Choice([str(one) for one in kind])


@click.command("review")
@click.argument("file", metavar="FILE|-", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--lang", type=click.Choice(reviewing.LANGUAGES), help="Else it is told from the text."
)
@click.option(
    "--phase",
    type=click.Choice(MOMENTS),
    help=f"When it is said. Without it, as {USUAL_PHASE}.",
)
@click.option("--severity", type=_choice(Severity), help="How bad it is.")
@click.option("--title", help="The headline; else a first line that begins with “# ”.")
@click.option("--posture", type=_choice(Posture), help="What you take the cause to be.")
@click.option("--certainty", type=_choice(Certainty), help="How sure you are of it.")
@click.option("--state", "states", multiple=True, type=_choice(State), help="A component's state.")
@click.option("--page", "page_ref", metavar="P", help="Read it as the coach reads this page.")
@click.option("--audience", type=_choice(Strictness), help="Who reads it.", metavar="WHO")
@click.option(
    "--allowed",
    type=_choice(Allowed),
    metavar="VOICE",
    help="How far you may go: facts_only, facts_and_ownership or full_apology. "
    "Else as the policy of --page has it.",
)
@click.option(
    "--lexicon",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Entries of your own, in the same format as ours.",
)
@click.option("--all", "is_whole", is_flag=True, help="Show every finding, not the worst five.")
@printing.as_json
def review(
    file: Path,
    lang: str | None,
    phase: str | None,
    severity: str | None,
    title: str | None,
    posture: str | None,
    certainty: str | None,
    states: tuple[str, ...],
    page_ref: str | None,
    audience: str | None,
    allowed: str | None,
    lexicon: Path | None,
    is_whole: bool,
    is_json: bool,
) -> None:
    """Read a text as a careful reader would: exit 1 where something should stop it.

    FILE is a text; a directory of posts or a `tocsin export` is read whole, and shares are told.
    Nothing leaves this machine, and nothing is kept.
    """
    page_id = page_of(page_ref).id if page_ref else ""
    manner = manners.manner_of(page_id) if page_id else USUAL
    told: dict[str, Any] = {
        "audience": Strictness(audience) if audience else manner.readers,
        "allowed": Allowed(allowed) if allowed else _allowed(page_id, severity, phase),
        "own": _own(lexicon) or manner.own,
    }
    try:
        if str(file) != "-" and (file.is_dir() or file.suffix == ".zip"):
            _history(file, lang, told, is_json=is_json)
            return
        text = _text(file)
        context = Context(
            language=lang or reviewing.language_of(text),
            title=title if title is not None else heading_of(text),
            severity=Severity(severity) if severity else None,
            posture=Posture(posture) if posture else None,
            certainty=Certainty(certainty) if certainty else None,
            components=tuple(Component("", state=State(state)) for state in states),
            **at_moment(phase or USUAL_PHASE),
            **told,
        )
        found = reviewing.review(text, context)
    except BadLexicon as error:
        raise Refused(f"{lexicon}: {error}") from None
    if is_json:
        printing.facts({**as_facts(found), "language": context.language})
    else:
        _tell(text, found, context, is_whole=is_whole, was_phase_told=phase is not None)
    click.get_current_context().exit(1 if found.verdict == Level.BLOCK else 0)


def _allowed(page_id: str, severity: str | None, phase: str | None) -> Allowed:
    """How far the page's policy lets words go; the usual way without a page, or where it is silent.

    A text whose severity nobody told is read as the strictest of them has it.
    """
    if not page_id:
        return USUAL_VOICE
    policy, is_security = policies.policy_of(page_id), phase == Kind.SECURITY
    told = [Severity(severity)] if severity else list(Severity)
    voices = [policy.consent(one, is_security=is_security).allowed for one in told]
    return min((voice or USUAL_VOICE for voice in voices), key=list(Allowed).index)


def at_moment(told: str) -> dict[str, Any]:
    """A moment's name, as phase and kind: "security" and "maintenance" are kinds."""
    if told in (Kind.MAINTENANCE, Kind.SECURITY):
        return {"kind": Kind(told)}
    return {"phase": Phase(told)}


def heading_of(text: str) -> str | None:
    """A Markdown heading on the first line."""
    first = text.lstrip().partition("\n")[0]
    return first.lstrip("# ").strip() if first.startswith("#") else None


def as_facts(found: Findings) -> dict[str, Any]:
    """Everything that was found, in the shape that scripts rely on."""
    apology = found.apology
    return {
        "verdict": found.verdict,
        "findings": [_fact(one) for one in found.findings],
        "missing": [
            {"check": one.check, "level": one.level, "prompt": one.prompt} for one in found.missing
        ],
        "apology": apology
        and {"score": apology.score, "of": apology.of, "missing": list(apology.missing)},
        "registers": sorted(found.registers),
    }


def _fact(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "group": one.group,
        "level": one.level,
        "start": one.start,
        "end": one.end,
        "text": one.text,
        "why": one.why,
        "fix": one.fix,
    }


def _text(file: Path) -> str:
    try:
        with click.open_file(str(file), "rb") as opened:
            text = options.words_in(opened, name="The text")
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    if not text:
        raise Refused("There is nothing to read: the text is empty.")
    return text


def _own(lexicon: Path | None) -> str:
    if lexicon is None:
        return ""
    with lexicon.open("rb") as opened:
        return options.words_in(opened, name="The lexicon")


def _tell(
    text: str, found: Findings, context: Context, *, is_whole: bool, was_phase_told: bool
) -> None:
    shown = found.findings if is_whole else reviewing.shown(found.findings)
    for one in shown:
        line = text.count("\n", 0, one.start) + 1
        quoted = " ".join(one.text.split())
        click.echo(f"{_level(one.level)}, line {line}: “{quoted}” ({one.rule})")
        click.echo(f"    {one.why}")
        click.echo(f"    Instead: {one.fix}" if context.language == "en" else f"    → {one.fix}")
    left = len(found.findings) - len(shown)
    if left:
        click.echo(f"… and {left} more: --all shows {'it' if left == 1 else 'them'}.")
    for level in Level:
        for lack in (one for one in found.missing if one.level is level):
            click.echo(f"{_level(level)}, missing: {lack.prompt} ({lack.check})")
    if found.apology and found.apology.missing:
        lacking = ", ".join(found.apology.missing)
        click.echo(f"The apology has {found.apology.score} of {found.apology.of}: no {lacking}.")
    moment = context.phase or context.kind
    read_as = f"Read as {context.language}, {moment}"
    hint = "" if was_phase_told else " (--phase says otherwise)"
    click.echo(f"{_verdict(found)} {read_as}{hint}.")


def _level(level: Level) -> str:
    return click.style(SAID[level].capitalize(), fg=COLOURS[level], bold=level is Level.BLOCK)


def _verdict(found: Findings) -> str:
    return {
        "pass": "Nothing to say against it.",
        "hint": "It can go out; the hints are yours to weigh.",
        "warn": "It can go out, and could be better.",
        "review": "Let somebody else read it before it goes out.",
        "block": "Not yet: mend what stops it, or say why it goes out as it is.",
    }[found.verdict]


def _history(source: Path, lang: str | None, told: dict[str, Any], *, is_json: bool) -> None:
    try:
        posts = histories.posts(source)
    except histories.NoHistory as error:
        raise Refused(str(error)) from None
    show = Shown()
    tally = histories.judged(posts, told, language=lang, progress=show)
    show.end()
    if is_json:
        printing.facts(tally.facts())
        return
    click.echo(f"{tally.posts:,} posts: " + ", ".join(tally.verdicts_told()) + ".")
    if tally.skipped:
        click.echo(f"{tally.skipped:,} were in a language that has no lexicon.")
    for title, rows in (("group", tally.groups), ("entry", tally.rules), ("missing", tally.checks)):
        if rows:
            click.echo()
            told_rows = [(name, f"{count:,}", tally.share(count)) for name, count in rows]
            printing.table((title, "posts", "share"), told_rows)
