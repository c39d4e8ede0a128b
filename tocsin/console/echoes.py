"""The sentences of refusals in the operator's language.

The folders that decide say them in English, for every door alike; this one speaks its operators'
language. A sentence that is not known here is shown as it was said.
"""

import re

from django.utils.translation import gettext, gettext_noop

from tocsin.catalogue import languages
from tocsin.console import labels

SENTENCES = (
    # people
    gettext_noop("%(name)s may not do this (%(verb)s). An owner can grant the role."),
    gettext_noop("%(email)s is not an e-mail address."),
    gettext_noop("Say the name that the journal will show."),
    gettext_noop("This link was used already, or its day has passed. Ask for a new one."),
    gettext_noop("This link was used a moment ago. Ask for a new one."),
    gettext_noop("%(name)s is the last owner. Make somebody else owner first."),
    gettext_noop("%(name)s does not hold this role there."),
    gettext_noop("There is an app already. Remove it first, and add the new one then."),
    gettext_noop("This is not the code that the app should show now. Try the next one."),
    gettext_noop(
        "This second factor was kept under another TOCSIN_SECRET_KEY. Whoever holds the machine "
        "lets you begin anew: `tocsin people reset-factor`."
    ),
    gettext_noop("This code is wrong, or was used already. Wait for the next one."),
    gettext_noop(
        "Too many wrong codes. Wait an hour or use a passkey; whoever holds the machine helps "
        "with `tocsin people reset-factor`."
    ),
    gettext_noop("Recovery codes stand in for an app or a passkey. Add one first."),
    gettext_noop("%(most)s passkeys are the most. Remove one first."),
    gettext_noop("This passkey opens nothing any more."),
    gettext_noop(
        "This passkey has counted backwards, so there may be a copy of it: it was not taken. "
        "Come in another way, remove it, and add it anew."
    ),
    gettext_noop("Say what the passkey is to be called."),
    gettext_noop("A second factor is asked of you. Add another one before this one goes."),
    gettext_noop("There is no such factor any more."),
    gettext_noop("The grace is between 0 and %(most)s days."),
    gettext_noop(
        "No owner has a second factor yet. Add your own first, so that somebody who runs the "
        "house is sure to come in."
    ),
    gettext_noop("This is asked already."),
    gettext_noop("This is not asked."),
    gettext_noop("You were let go here. An owner can invite you again."),
    gettext_noop(
        "Your provider does not say that your e-mail address is verified, and nobody comes in by "
        "one that is not."
    ),
    gettext_noop("Nobody here goes by your e-mail address. An owner can invite you."),
    gettext_noop(
        "Another account of your provider is tied to this address. An owner unties it by "
        "resetting the second factor under People."
    ),
    # catalogue
    gettext_noop("A page needs a name of letters or digits."),
    gettext_noop("There is a page %(slug)s already. Choose another slug."),
    gettext_noop("%(domain)s is no domain. Say one such as status.example.com."),
    gettext_noop(
        "%(slug)s is no slug. Use lower-case letters, digits and hyphens, at most %(most)s."
    ),
    gettext_noop("Another page answers %(domain)s already."),
    gettext_noop("%(name)s is no time zone. Name one such as Europe/Paris."),
    gettext_noop("No holidays are known of %(name)s. Say FR or US-NY."),
    gettext_noop("Say the page's languages, each once, from: %(languages)s."),
    gettext_noop("A component needs a name of letters or digits."),
    gettext_noop("There is a component %(slug)s already. Choose another slug."),
    gettext_noop("No component %(name)s to put it under."),
    gettext_noop("A tree is at most %(depth)s deep. Put it higher up."),
    gettext_noop("A component needs a name."),
    gettext_noop("A position is a number from 1 on."),
    gettext_noop("%(name)s holds others. Take those off first."),
    # looks and readers
    gettext_noop("%(colour)s is no colour. Write it as #1c1b19."),
    gettext_noop("The styles hold a '<', which no style needs. Take it out."),
    gettext_noop("Line %(line)s: @%(name)s is not allowed here."),
    gettext_noop("Line %(line)s: %(name)s() is not allowed here."),
    gettext_noop(
        "Line %(line)s: url() may lead nowhere; only an image that is written out (data:image/…) "
        "may stand there."
    ),
    gettext_noop("This is neither a PNG nor an SVG. Save the logo as one of them."),
    gettext_noop("A circle of readers needs a name of letters or digits."),
    gettext_noop("There is an audience %(slug)s already. Choose another slug."),
    gettext_noop(
        "Say a password of %(least)s to %(most)s characters: many will share it, and it is all "
        "that keeps others out."
    ),
    gettext_noop("Here only those can be told who are let in by this e-mail address."),
    # incidents
    gettext_noop("No component %(name)s on this page. See `tocsin component list`."),
    gettext_noop("Say which component is affected; one is enough."),
    gettext_noop("Give the incident a name: a few words on what fails."),
    gettext_noop("The name has %(length)s characters; %(most)s is the most."),
    gettext_noop(
        "%(severity)s with every component working contradicts itself. "
        "Say what does not work, or make it sev4."
    ),
    gettext_noop("This incident is still open."),
    gettext_noop("That time is still to come. A moment is something that happened."),
    gettext_noop("It would end before it started. Correct the other time first."),
    gettext_noop("Write the fact down in a few words."),
    gettext_noop("No incident %(name)s. See `tocsin status`."),
    gettext_noop("This incident is resolved. Reopen it if it came back."),
    gettext_noop("%(title)s is resolved. To go back, say which components are affected again."),
    # statements
    gettext_noop("Say in a sentence why the phrase may stand; the journal keeps it."),
    gettext_noop("The reason is longer than %(most)s characters. Shorten it."),
    gettext_noop("Going back from %(before)s to %(after)s is allowed: say why, in a sentence."),
    gettext_noop("Say how sure you are of the cause: suspected or verified."),
    gettext_noop("Say why words come less often from now on, in a sentence that customers read."),
    gettext_noop(
        "Long-incident mode is for incidents that have been told of for %(span)s or longer."
    ),
    # the account
    gettext_noop("A mark is not closed: write [[why | text]], and none inside another."),
    gettext_noop("Say why “%(text)s” is not shown: [[why | text]]."),
    gettext_noop("Nothing is marked behind “%(why)s”. Take the mark away."),
    gettext_noop(
        "“%(text)s” is marked, and stands elsewhere without a mark. Mark it there too, or mark "
        "more around it."
    ),
    gettext_noop("The heading “%(text)s” is missing (%(language)s). Readers look for it."),
    gettext_noop("Still to be written (%(language)s), “%(heading)s”: %(text)s"),
    gettext_noop("Still to be written (%(language)s): %(text)s"),
    gettext_noop(
        "%(name)s kept revision %(number)s meanwhile. Read it first; yours is still here."
    ),
    gettext_noop("The incident is not over yet. Its account is published afterwards."),
    gettext_noop("No account was written down yet. Keep a version first."),
    gettext_noop("%(name)s does not see this page. An owner can let them in."),
    gettext_noop("Say it in at least a word and at most %(most)s characters."),
    gettext_noop("There is no comment %(number)s on this account."),
    # the policy
    gettext_noop("This is no YAML: %(problem)s."),
    gettext_noop("A character that no text file has. Take it out."),
    gettext_noop("It is nested far too deeply to be a policy."),
    gettext_noop("The file is longer than %(most)s KiB."),
    gettext_noop("%(name)s has parts: %(parts)s."),
    gettext_noop("%(name)s has no part “%(part)s”. It has %(parts)s."),
    gettext_noop("“%(part)s” is said twice."),
    gettext_noop("On a long incident the page speaks less often, not more: %(span)s or longer."),
    gettext_noop("“nudges” is a list of percentages, such as [50, 80, 100]."),
    gettext_noop("The nudges go up, each once: [50, 80, 100]."),
    gettext_noop("A nudge is a whole number of percent, from 1 to 100."),
    gettext_noop("“%(text)s” is no length of time. Say it as 20m, 2h or 1h30m."),
    gettext_noop("A length of time is missing. Say it as 20m, 2h or 1h30m."),
    gettext_noop("“%(text)s” is too short: from %(least)s to %(most)s."),
    gettext_noop("“%(text)s” is too long: from %(least)s to %(most)s."),
    gettext_noop("A country is two letters, such as FR, or none."),
    gettext_noop("“%(text)s” is no %(kind)s. It is one of %(known)s."),
    gettext_noop(
        "The usual policy is in force: nobody adopted it, so there is nothing to sign. Adopt one "
        "first; `tocsin policy start` writes one."
    ),
    gettext_noop(
        "Policy no. %(number)s is in force, and what was signed is no. %(signed)s. Let them "
        "read the one that is in force."
    ),
    gettext_noop("Say who signed, by name."),
    gettext_noop("The name is one line of at most %(most)s characters."),
    gettext_noop("Say a name, not an address: the journal keeps it for good."),
    gettext_noop("%(day)s is still to come. Record it once it is signed."),
    gettext_noop("A sheet is for a year at most: until a day from %(first)s to %(last)s."),
    gettext_noop("The headline (%(language)s) is empty. Say what customers cannot do."),
    gettext_noop("The headline (%(language)s) has a line break. It is one line."),
    gettext_noop(
        "The headline (%(language)s) has %(length)s characters; %(most)s is the most. "
        "Move the rest to the body."
    ),
    gettext_noop(
        "The headline (%(language)s) was made by the template and has %(length)s "
        "characters; %(most)s is the most. Type a shorter one."
    ),
    gettext_noop("The body (%(language)s) is empty. One sentence on the effect is enough."),
    gettext_noop("%(part)s (%(language)s) is longer than %(most)s characters."),
    gettext_noop("'%(moment)s' is still to come."),
    gettext_noop("It would end before it started."),
    gettext_noop("Say when they will hear from you again ('next word by')."),
    gettext_noop("'Next word by' has passed already. Say a later time."),
    gettext_noop("'Next word by' is more than %(days)s days away. Say a nearer time."),
    gettext_noop("The account is more than %(days)s days away. Say a nearer day."),
    gettext_noop("The account is promised by %(day)s, which is past. Say a later day."),
    gettext_noop("%(day)s is more than %(days)s days away. Say a nearer day."),
    gettext_noop("No repair forecast before the cause is known."),
    gettext_noop("A repair forecast is a range: say the earliest and the latest."),
    gettext_noop("Say on what the repair forecast rests."),
    gettext_noop("Say which component it is about."),
    gettext_noop("A last word leaves every component working. Open another incident for the rest."),
    gettext_noop(
        "Every component would be green under an open incident. "
        "Leave one at degraded_performance, or resolve it."
    ),
    gettext_noop("This draft was published already. Open a new one."),
    gettext_noop(
        "%(name)s revised this draft meanwhile. Nothing of yours is lost; here is the difference:"
    ),
    gettext_noop("%(name)s revised this draft after leave was given. The difference:"),
    gettext_noop("No. %(number)s was published meanwhile. The difference:"),
    gettext_noop("No. %(number)s was translated meanwhile. The difference:"),
    gettext_noop("No. %(number)s is there in %(language)s already."),
    gettext_noop("Say why in a sentence of at most %(most)s characters."),
    gettext_noop("There is no such signature any more. See `tocsin policy sheet`."),
    gettext_noop("Nobody clears their own words. Somebody else has to read them."),
    gettext_noop("%(by)s may not clear this. It is asked of %(role)s."),
    # alerts
    gettext_noop("There is no such drafted incident."),
    gettext_noop("%(name)s said it already."),
    gettext_noop("%(name)s dismissed it."),
    gettext_noop("An incident that was declared has taken it in."),
    gettext_noop("It was closed: all of it had long been over."),
    gettext_noop("More alerts came in while you looked. Look again, and say it then."),
    gettext_noop("Say in a few words why nobody need be told. Only our own people see it."),
    gettext_noop("A reason has at most %(most)s characters."),
    gettext_noop("Every alert of it is over. Tell it afterwards, or dismiss it."),
    gettext_noop(
        "Nobody can tell what these alerts are about. Declare it, and choose what is affected."
    ),
    gettext_noop("Alerts are grouped for 0 seconds up to 24 hours."),
    gettext_noop("A secret has %(least)s to %(most)s characters of plain ASCII."),
    gettext_noop("This hook was revoked. Create a new one."),
    gettext_noop("%(rule)s is no rule. Say label=value -> component."),
    gettext_noop("%(state)s is no state. Say one of: %(states)s."),
    gettext_noop("A hook has at most %(most)s rules; use * for what is alike."),
    gettext_noop("No component %(name)s on this page."),
    # announcements
    gettext_noop("Nobody has confirmed it yet, so it has no secret to renew."),
    gettext_noop("There is no secret to renew here. Nothing was changed."),
    gettext_noop("This page has no component %(name)s."),
    gettext_noop("this page is not written in %(language)s."),
    gettext_noop("%(date)s is no date; write 2026-11-23 or 2026-11-23T09:12:00Z."),
    gettext_noop("%(date)s lacks its zone; end it with Z or +01:00."),
    gettext_noop("%(date)s is in the future."),
    gettext_noop("the column email is missing; known are %(columns)s."),
    gettext_noop("there is no column %(name)s; known are %(columns)s."),
    gettext_noop("it has more or fewer columns than the first line."),
    gettext_noop("Nothing was said of this incident yet. Say a first word instead."),
    gettext_noop("No. %(number)s was not said in %(code)s. Correct what was said."),
    gettext_noop("No end was told yet. It is told when the incident is resolved."),
    gettext_noop("Nothing would differ from no. %(number)s. Say what it should have said."),
    gettext_noop(
        "Readers in %(code)s were told the same. Correct those words too: what was said "
        "of severity or data is put right in every language."
    ),
    gettext_noop(
        "Words were only added or only taken away (%(code)s), so they cannot be quoted "
        "against each other. Say in your own words what was wrong, and what is right."
    ),
    gettext_noop("No word of this page holds that text. Nothing was changed."),
    gettext_noop(
        "That is shorter than %(most)s characters, and would be found in other words too. "
        "Give more of what stands there."
    ),
    gettext_noop("Say why, in a sentence that readers may read: --reason."),
    gettext_noop("The reason holds what is to be taken out. Say it without."),
    gettext_noop("It has grown too old to be told. Drop it, and say how things are now."),
    gettext_noop("An earlier word is held too. Release or drop that one first."),
    gettext_noop("Nothing is held there. Look at what is being delivered."),
)
BLANK = re.compile(r"%\((\w+)\)s")


def _pattern(sentence: str) -> re.Pattern[str]:
    """What a sentence looks like once its blanks are filled."""
    pieces = BLANK.split(sentence)
    made = "".join(
        f"(?P<{piece}>.+)" if number % 2 else re.escape(piece)
        for number, piece in enumerate(pieces)
    )
    return re.compile(made, re.DOTALL)


PATTERNS = tuple((_pattern(sentence), sentence) for sentence in SENTENCES)


def echoed(told: str) -> str:
    """The same sentence in the language that is spoken now."""
    for pattern, sentence in PATTERNS:
        if found := pattern.fullmatch(told):
            said, blanks = gettext(sentence), found.groupdict()
            if named := blanks.get("language"):
                blanks["language"] = labels.language(languages.code_of(named))
            return said % blanks if blanks else said
    return told
