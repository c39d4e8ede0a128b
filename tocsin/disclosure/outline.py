"""The outline of an account (T-15): its mandatory headings, and what each asks for. Pure.

What is still to be written stands as ``{{…}}``: an account with one left cannot be published.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LEFT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*$", re.MULTILINE)
PARTS = (
    "short",
    "effect",
    "data",
    "timeline",
    "happened",
    "possible",
    "response",
    "changing",
    "do",
    "apology",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One section: its heading, and the question that it answers."""

    heading: str
    prompt: str


OUTLINE: Mapping[str, Mapping[str, Part]] = {
    "en": {
        "short": Part("In short", "Three sentences: effect, length, what changes."),
        "effect": Part("What you experienced", "Numbers, regions, plans; what kept working."),
        "data": Part("Your data", "What became of it, and how you checked."),
        "timeline": Part("Timeline", "What happened, and what we told you."),
        "happened": Part("What happened", "As it looked at the time, no hindsight."),
        "possible": Part(
            "What made it possible",
            "Conditions, in several parts; why our tests and alarms did not stop it.",
        ),
        "response": Part("How we responded", "What went well, what did not, how late we told you."),
        "changing": Part(
            "What we are changing", "Promise each action: who, by when, and what shows it."
        ),
        "do": Part("What you may want to do", "Or that there is nothing to do."),
        "apology": Part(
            "Our apology, and how to reach us", "One line of regret, and a way to ask."
        ),
    },
    "fr": {
        "short": Part("En bref", "Trois phrases : effet, durée, ce qui change."),
        "effect": Part("Ce que vous avez vécu", "Chiffres, régions, offres ; ce qui a marché."),
        "data": Part("Vos données", "Le constat, et la façon dont il a été vérifié."),
        "timeline": Part("Chronologie", "Les faits, et ce que nous vous avons dit."),
        "happened": Part("Ce qui s’est passé", "Tel que cela se présentait sur le moment."),
        "possible": Part(
            "Ce qui l’a rendu possible",
            "Des conditions, au pluriel ; pourquoi essais et alarmes ne l’ont pas arrêté.",
        ),
        "response": Part("Notre réponse", "Ce qui a bien marché, ce qui a mal marché, le retard."),
        "changing": Part(
            "Ce que nous changeons",
            "Engagez-vous sur chaque action : qui, pour quand, ce qui le montre.",
        ),
        "do": Part("Ce que vous pouvez vouloir faire", "Ou qu’il n’y a rien à faire."),
        "apology": Part("Nos excuses, et comment nous joindre", "Une ligne de regret, un contact."),
    },
    "de": {
        "short": Part("In Kürze", "Drei Sätze: Wirkung, Dauer, was sich ändert."),
        "effect": Part("Was Sie erlebt haben", "Zahlen, Regionen, Tarife; was weiter ging."),
        "data": Part("Ihre Daten", "Was mit ihnen geschah, und wie wir das geprüft haben."),
        "timeline": Part("Verlauf", "Was geschah, und was wir Ihnen sagten."),
        "happened": Part("Was geschehen ist", "Wie es damals aussah, ohne Rückschau."),
        "possible": Part(
            "Was es möglich machte",
            "Bedingungen, mehrere; warum Tests und Alarme es nicht aufhielten.",
        ),
        "response": Part("Wie wir reagierten", "Was gut ging, was nicht, wie spät wir es sagten."),
        "changing": Part(
            "Was wir ändern", "Sagen Sie jede Maßnahme zu: wer, bis wann, was sie belegt."
        ),
        "do": Part("Was Sie tun können", "Oder dass nichts zu tun ist."),
        "apology": Part("Unsere Entschuldigung, und wie Sie uns erreichen", "Ein Satz, ein Weg."),
    },
}


def drafted(language: str, facts: Mapping[str, str]) -> str:
    """An account to be filled: every heading, what is known below it, and what is still to say."""
    return "\n\n".join(_sections(language, facts)) + "\n"


def _sections(language: str, facts: Mapping[str, str]) -> Iterator[str]:
    for number, name in enumerate(PARTS, start=1):
        part = OUTLINE[language][name]
        told = facts.get(name, "")
        left = "" if name in ("timeline", "changing") and told else f"{{{{{part.prompt}}}}}"
        yield "\n\n".join(filter(None, (f"## {number}. {part.heading}", told, left)))


def faults(source: str, language: str) -> Iterator[str]:
    """What an account still lacks, a sentence each."""
    found = [re.sub(r"^\d+\.\s*", "", told).casefold() for told in HEADING.findall(source)]
    for part in OUTLINE[language].values():
        if part.heading.casefold() not in found:
            yield f"The heading “{part.heading}” is missing ({language}). Readers look for it."
    for left in LEFT.finditer(source):
        above = HEADING.findall(source[: left.start()])
        under = f", “{above[-1]}”" if above else ""
        yield f"Still to be written ({language}){under}: {' '.join(left[1].split())}"
