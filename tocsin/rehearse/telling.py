"""What happens in a night, in a line for whoever watches it. Pure."""

from collections.abc import Iterator, Mapping

from tocsin.rehearse import scenario as values
from tocsin.rehearse.playing import Happened
from tocsin.rehearse.scenario import Spoken, Step, Trouble

NAMED = {
    Trouble.MAIL: "The mail relay",
    Trouble.WORKER: "The worker",
    Trouble.DATABASE: "The database",
}


def sentence(step: Step, named: Mapping[str, str] | None = None) -> str:
    """What happens, and by whom: "Olu declares: Checkout refuses orders".

    ``named`` is who plays those that a scenario calls by name.
    """
    who = (named or {}).get(step.by) or step.by.capitalize()
    match step.act:
        case values.Alert(title, component, state, over):
            what = "is over" if over else f"fires ({component}: {state.replace('_', ' ')})"
            return f"An alert {what}: {title}"
        case values.Declare(name):
            return f"{who} declares: {first_of(name)}"
        case values.SayIt():
            return f"{who} says what the alerts suggest, in one tap"
        case values.Dismiss(because):
            return f"{who} dismisses what the alerts suggest: {because}"
        case values.Learn(fact):
            return f"{who} notes, for our own eyes: {fact}"
        case values.Mitigated():
            return f"{who} notes that the effect is held off"
        case values.Customer(wrote):
            return f"{who} notes that the first customer wrote at {wrote}"
        case values.Say(phase, words):
            return f"{who} says ({phase}): {_headline(words)}"
        case values.Draft(saying):
            return f"{who} drafts ({saying.phase}): {_headline(saying.words)}"
        case values.Clear():
            return f"{who} has read the draft, and lets it be said"
        case values.Reader(name, language):
            return f"{name.capitalize()} asks to be told, in {language}"
        case values.Leave(name):
            return f"{name.capitalize()} wants to hear no more"
        case values.Fail(trouble):
            return f"{NAMED[trouble]} fails"
        case values.Mend(trouble):
            return f"{NAMED[trouble]} works again"
        case values.Wait():
            return "Time goes by"


def telling(happened: Happened) -> Iterator[str]:
    """What came of it: the word's number, and who was told."""
    if happened.said is not None:
        yield f"No. {happened.said.number} {_told(happened)}"
        if happened.was_held:
            yield "So many mails in so little time were held, as in a storm; Lea let them go"
    elif happened.asked:
        yield f"It waits for the consent of {happened.asked.replace('_', ' ')}"
    elif isinstance(happened.step.act, values.Alert) and happened.waits:
        yield "An incident is drafted, its words ready; readers learn nothing of it"
    elif isinstance(happened.step.act, values.Fail):
        yield "Staged here alone: a tocsin serve beside it needs --no-worker to fail as well"


def _told(happened: Happened) -> str:
    counts = happened.told
    if counts is None or not counts.total:
        return "is said; nobody is told of it yet"
    names = ", ".join(name.capitalize() for name in happened.by_name[:6])
    more = counts.delivered - min(len(happened.by_name), 6)
    who = f": {names}{f' and {more} more' if more > 0 else ''}" if names else ""
    waiting = counts.total - counts.settled
    rest = f"; {waiting} still to be told" if waiting else ""
    return f"tells {counts.delivered} of {counts.total}{who}{rest}"


def first_of(told: Spoken) -> str:
    """A line in English where there is one."""
    return told.get("en") or next(iter(told.values()))


def _headline(words: Mapping[str, values.ToldLayer]) -> str:
    return first_of({code: layer.headline for code, layer in words.items()})
