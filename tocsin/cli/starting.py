"""`tocsin policy start`: ten questions, and the first policy that their answers write."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import click

from tocsin.cli import printing
from tocsin.cli.commands import Refused
from tocsin.cli.options import words_in
from tocsin.disclosure.starting import answers, drafting, words
from tocsin.disclosure.starting.answers import (
    CHOICES,
    QUESTIONS,
    SEVERAL,
    USUAL,
    Answers,
    BadAnswers,
    Field,
)


def _asked(question: str) -> str:
    """What an option's help says: the question, and its answers."""
    known = ", ".join(CHOICES[question]) if question in CHOICES else ""
    asked = words.asked(question, "en")
    return f"{asked} {known}".rstrip()


def _options(command: Any) -> Any:
    """One option for each question, in their order."""
    for question in reversed(QUESTIONS):
        command = click.option(f"--{question}", metavar="ANSWER", help=_asked(question))(command)
    return command


@click.command("start")
@_options
@click.option("--answers", "file", type=click.File("rb"), metavar="FILE|-", help="As YAML.")
@click.option("--ask/--no-ask", default=None, help="Ask what is left; at a terminal it is asked.")
@click.option("--lang", type=click.Choice(words.LANGUAGES), default="en", help="Of the reasons.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it there; not over a file.",
)
@printing.as_json
def start(
    file: BinaryIO | None,
    ask: bool | None,
    lang: str,
    out: Path | None,
    is_json: bool,
    **told: str | None,
) -> None:
    """Ten questions, and a first policy with its reason beside each line. Adopts nothing.

    What is not answered is as usual in the field, and the file says so.
    """
    if out and out.exists():
        raise Refused(f"{out} is there already. Choose another name: nothing is written over.")
    given = {question: text for question, text in told.items() if text is not None}
    if file:
        if given:
            raise click.UsageError("Say the answers in a file or as options, not both.")
        kept = answers.read(words_in(file, name="The file of answers"))
    else:
        is_asked = ask or (ask is None and not is_json and _is_at_a_terminal())
        kept = _typed(_interviewed(given, lang) if is_asked else given)
    _hand_over(kept, drafting.written(kept, lang), out=out, is_json=is_json)


def _is_at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _typed(given: Mapping[str, str]) -> Answers:
    try:
        return answers.typed(given)
    except BadAnswers as error:
        told = [f"--{QUESTIONS[fault.line - 1]}: {fault.sentence}" for fault in error.faults]
        raise click.UsageError("\n".join(told)) from None


def _interviewed(given: Mapping[str, str], language: str) -> dict[str, str]:
    """What was given, and what somebody answers to the other questions."""
    if "field" in given:
        _typed(given)  # what was typed wrongly is told before anything is asked
    told = dict(given)
    for number, question in enumerate(QUESTIONS, start=1):
        if question not in told:
            click.echo(f"\n{number}/{len(QUESTIONS)} {words.asked(question, language)}", err=True)
            told[question] = _answered(question, told, language)
    return told


def _answered(question: str, told: Mapping[str, str], language: str) -> str:
    usual = "" if question == "field" else USUAL[Field(told["field"])].said(question).strip("[]")
    meanings = words.choices(question, language)
    if question in SEVERAL:
        meanings |= {SEVERAL[question]: words.none_of(question, language)}
    for answer, meant in meanings.items():
        click.echo(f"  {click.style(answer.ljust(16), bold=True)} {meant}", err=True)
    click.echo(click.style(f"  {words.hint(question, language)}", dim=True), err=True)
    while True:
        typed: str = click.prompt(">", default=usual or None, err=True, prompt_suffix=" ")
        try:
            answers.typed({"field": Field.SOFTWARE, **told, question: typed})
        except BadAnswers as error:
            click.echo("\n".join(fault.sentence for fault in error.faults), err=True)
        else:
            return typed


def _hand_over(kept: Answers, text: str, *, out: Path | None, is_json: bool) -> None:
    if out:
        out.write_text(text, "utf-8")
    if is_json:
        told = {question: kept.said(question) for question in QUESTIONS}
        presumed = [question for question in QUESTIONS if question in kept.presumed]
        printing.facts({"answers": told, "presumed": presumed, "text": text})
    elif out:
        click.echo(f"{out} holds a first policy. Read it, then: tocsin policy adopt {out}")
    else:
        click.echo(text, nl=False)
