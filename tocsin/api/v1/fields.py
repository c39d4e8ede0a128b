"""What clients put into fields, as they spell it: empty for nothing, a day for a time."""

import json
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Self

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, StringConstraints, model_validator
from pydantic.functional_validators import ModelWrapValidatorHandler

from tocsin.catalogue.tree import State

NO_OBJECT = "an object with fields is expected here"


class Sent(Schema):
    """What a client sends as an object: in place of one, nothing else is taken.

    Ninja looks for fields as attributes, so that a text would be an object without any of ours.
    """

    @model_validator(mode="wrap")
    @classmethod
    def _objects_alone(cls, told: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(told, dict):
            raise ValueError(NO_OBJECT)
        return handler(told)


def none_if_empty(value: Any) -> Any:
    """A form says nothing by an empty text."""
    return None if value == "" else value


def _day(value: Any) -> Any:
    return value[:10] if isinstance(value, str) and value else none_if_empty(value)


def _moment(value: Any) -> Any:
    """A day means its first moment; a time without a zone is in UTC."""
    if isinstance(value, str) and len(value) == 10:
        try:
            return datetime.combine(date.fromisoformat(value), time.min, UTC)
        except ValueError:
            return value
    return none_if_empty(value)


def aware(moment: datetime) -> datetime:
    """In UTC. Raises OverflowError beyond the calendar."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _within_the_calendar(moment: datetime | None) -> datetime | None:
    try:
        return aware(moment) if moment else None
    except OverflowError:
        raise ValueError("that is beyond the calendar") from None


def _listed(value: Any) -> Any:
    """One where many are meant; none where nothing is."""
    if isinstance(value, str):
        return [value] if value else []
    return [one for one in value if one != ""] if isinstance(value, list) else value


def _states(value: Any) -> Any:
    """States by component; a list names components and leaves their states as they are."""
    if isinstance(value, list):
        return dict.fromkeys((one for one in value if isinstance(one, str)), "")
    return none_if_empty(value)


def _objects(value: Any) -> Any:
    """JSON values; a form may bring them as text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except (ValueError, RecursionError):
        raise ValueError("send it as JSON") from None


Day = Annotated[date, BeforeValidator(_day)]
OnDay = Annotated[date | None, BeforeValidator(_day)]
Moment = Annotated[datetime | None, BeforeValidator(_moment), AfterValidator(_within_the_calendar)]
Status = Annotated[State | None, BeforeValidator(none_if_empty)]
Name = Annotated[str, StringConstraints(max_length=255)]
Body = Annotated[str, StringConstraints(max_length=25_000)]
Short = Annotated[str, StringConstraints(max_length=5_000)]
Claim = Annotated[bool | None, BeforeValidator(none_if_empty)]
Ids = Annotated[list[str] | None, BeforeValidator(_listed)]
States = Annotated[dict[str, Status] | None, BeforeValidator(_states)]
Texts = dict[str, Short]  # by language
Metadata = Annotated[dict[str, dict[str, Any]] | None, BeforeValidator(_objects)]
