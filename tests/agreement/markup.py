"""What a front page's HTML says is open; needs nothing of ours, so that benches may read it too."""

import re

LEAD = re.compile(r'<section class="now \w[^"]*" id="incident-(\w+)">(.*?)</section>', re.DOTALL)
ALSO = re.compile(r'<h3><a href="[^"]*(?:incidents|maintenance)/(\w+)"(.*?)</article>', re.DOTALL)
# A late word, where it leads and beside others; a late translation is marked in the same colour.
LATE_WORD = re.compile(r'class="next late"|class="late">(?:next word|prochain point)')
TO_COME = re.compile(r'<section class="planned">.*?</section>', re.DOTALL)


def open_on(text: str) -> list[tuple[str, str]]:
    """(id, its part of the page) of all that a front page says is open."""
    return [*LEAD.findall(text), *ALSO.findall(TO_COME.sub("", text))]
