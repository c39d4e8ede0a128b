"""What the last word sums up (R-22), as options of `tocsin resolve`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import click

from tocsin.cli.commands import Refused
from tocsin.disclosure.closing import Element
from tocsin.journal.actors import Actor
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

F = TypeVar("F", bound=Callable[..., Any])
FIELDS = {"total": "total", "lingering": "lingering", "action": "customer_action"}


UNASKED = "said at the terminal, which asks for a reason only where the policy names it"
UNSAID = {
    Element.START: "when it began (--since)",
    Element.EFFECT: "what its whole effect was (--total)",
    Element.LINGERING: "what may linger (--lingering, “nothing” too)",
    Element.DATA: "what became of their data (--data)",
    Element.ACTION: "what they must do (--action, “nothing” too)",
    Element.ACCOUNT: "by when the account comes (--account-by)",
}


@dataclass(frozen=True, slots=True)
class Closing:
    """What is told beside the words: {language: {field of a layer: text}}.

    The empty language is that of --say.
    """

    told: Mapping[str, Mapping[str, str]]
    although: str = ""

    def say(self, incident_id: str, saying: Saying, *, by: Actor, at: datetime) -> Spoken:
        """Say the last word. Raises Refused where it lacks what the page's policy names.

        Where only the usual policy asks for it, what is lacking is told, and the word goes out: a
        line in a script, or typed at night, closes an incident today as it always did.
        """
        # Only the last word waits for what the coach has to read.
        from tocsin.statements import ending

        try:
            return ending.say(incident_id, saying, because=self.although, by=by, at=at)
        except ending.NotWhole as error:
            lacking = "; ".join(UNSAID[element] for element in error.lacking)
            if error.is_named:
                raise Refused(
                    f"The last word does not say: {lacking}. "
                    'Say it, or why it goes out without: --although "…".'
                ) from None
            click.echo(f"Readers will ask; the last word does not say: {lacking}.", err=True)
            return ending.say(incident_id, saying, because=UNASKED, by=by, at=at)

    def in_layers(self, layers: Mapping[str, Layer], first: str) -> dict[str, Layer]:
        """The layers with it. Raises UsageError for a language that says nothing else."""
        told = {language or first: fields for language, fields in self.told.items()}
        for language in told:
            if language not in layers:
                raise click.UsageError(f"--sum-in {language} …: there are no words in it to end.")
        return {code: replace(layer, **told.get(code, {})) for code, layer in layers.items()}


def summed_up(command: F) -> F:
    """The options that sum up."""
    options = (
        click.option("--total", metavar="TEXT", help="The whole effect, in numbers."),
        click.option("--lingering", metavar="TEXT", help="What may still be felt, or nothing."),
        click.option("--action", metavar="TEXT", help="What readers must do, or nothing."),
        click.option("--although", metavar="TEXT", help="Why it ends without what is missing."),
        click.option(
            "--sum-in",
            nargs=3,
            multiple=True,
            metavar="LANG WHAT TEXT",
            help=f"The same in another language; WHAT is {', '.join(FIELDS)}.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def taken(told: dict[str, Any]) -> Closing:
    """These options' values, taken out of all that were told. Raises UsageError."""
    although = told.pop("although") or ""
    found: dict[str, dict[str, str]] = {}
    first = {name: told.pop(name) for name in FIELDS}
    named = [("", name, text) for name, text in first.items() if text]
    for language, name, text in [*named, *told.pop("sum_in")]:
        if name not in FIELDS:
            raise click.UsageError(f"--sum-in {language} {name}: it is {', '.join(FIELDS)}.")
        found.setdefault(language, {})[FIELDS[name]] = text.strip()
    return Closing(found, although)
