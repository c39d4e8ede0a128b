"""What the page itself says around shouted words, in each language.

Compile writes these sentences into ``record.json`` in every language of the page; without it, those
below have to do.
"""

from collections.abc import Mapping
from typing import Any

Phrases = Mapping[str, str]

ENGLISH: Phrases = {
    "kick": "Emergency notice",
    "over": "It is over",
    "since": "since {time}",
    "by_hand": "Written in an emergency, by hand, at {time}.",
    "by_itself": "Until our systems are back, this page does not renew itself.",
    "next": "Next word by {time}",
    "link": "Link to this notice",
    "earlier": "What was said before",
    "below": "What stands below was last confirmed at {time}, and not since.",
    "stood": "How things stood then",
    "confirmed": "Last confirmed by our systems at {time}; written by hand since then.",
    "unconfirmed": "Written by hand: our systems have confirmed nothing here.",
    "done": "This is over.",
}
LARGEST = 400  # characters of a phrase


def phrases(record: Mapping[str, Any], language: str) -> Phrases:
    """The sentences in a language, as the record brings them; in English where it does not."""
    told = record.get("emergency")
    brought = told.get(language) if isinstance(told, dict) else None
    if not isinstance(brought, dict):
        return ENGLISH
    fit = {name: brought[name] for name in ENGLISH if isinstance(brought.get(name), str)}
    return {**ENGLISH, **{name: text for name, text in fit.items() if len(text) <= LARGEST}}
