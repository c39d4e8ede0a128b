"""Whoever is asked for consent in a drill, and does not sit there in person."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tocsin.journal.actors import Actor
from tocsin.people.models import Role
from tocsin.rehearse.drills.course import Course
from tocsin.rehearse.scenario import Asked
from tocsin.statements import answers
from tocsin.statements.answers import CannotAnswer
from tocsin.statements.asking import Pending
from tocsin.statements.drafting import CannotDraft

USUALLY_AFTER = timedelta(minutes=5)  # how long whoever is asked takes, where nothing is told


def answer(
    page_id: str,
    asked: Asked | None,
    reviewers: Mapping[Role, Actor],
    course: Course,
    *,
    say: Callable[[str], None],
    at: datetime,
    speed: float = 1.0,
    usually: timedelta | None = USUALLY_AFTER,
) -> None:
    """Consent to all that has waited as long as its reviewers take.

    ``usually`` is how long those take of whom the scenario says nothing; None: they are there in
    person.
    """
    for waiting in answers.waiting(page_id):
        after = answers_after(asked, Role(waiting.role), usually)
        if after is not None and at >= waiting.requested_at + after / speed:
            _consent(waiting, reviewers[Role(waiting.role)], course, say=say, at=at)


def _consent(
    waiting: Pending, by: Actor, course: Course, *, say: Callable[[str], None], at: datetime
) -> None:
    try:
        answers.grant(waiting.clearance_id, by=by, at=at)
    except CannotAnswer:
        return  # somebody was quicker
    except CannotDraft as error:
        course.too_late.append(str(error).splitlines()[0])
        answers.send_back(
            waiting.clearance_id, reason="It was said otherwise by now.", by=by, at=at
        )
        say(f"{by.name} would consent, and it was said otherwise by then")
    else:
        say(f"{by.name} consents: {waiting.words.phase}")


def is_settled(
    page_id: str, asked: Asked | None, usually: timedelta | None = USUALLY_AFTER
) -> bool:
    """Whether nothing waits for a consent that will ever come."""
    return not any(
        answers_after(asked, Role(one.role), usually) is not None
        for one in answers.waiting(page_id)
    )


def answers_after(
    asked: Asked | None, role: Role, usually: timedelta | None = USUALLY_AFTER
) -> timedelta | None:
    """How long whoever holds a role takes to consent; None: they never do by themselves."""
    is_slow = asked is not None and asked.of.value == role.value
    return asked.after if asked is not None and is_slow else usually
