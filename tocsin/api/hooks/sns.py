"""Amazon SNS, and the CloudWatch alarms that come by it.

JSON under ``text/plain``. A topic sends only once the address in its first call was visited: that
is done for addresses of SNS alone, and never for one in the call that says that it was let go.
"""

import re
from urllib.parse import urlsplit

from tocsin.api.hooks import generic
from tocsin.api.hooks.asked import Asked, Fields, Unreadable, first, moment, read, text, within
from tocsin.catalogue.tree import State
from tocsin.watch.alerts import Alert

CONFIRMS, NOTIFIES, LEAVES = (
    "SubscriptionConfirmation",
    "Notification",
    "UnsubscribeConfirmation",
)
ALARM = {"ALARM": True, "OK": False}
_HOST = re.compile(r"sns\.[a-z]{2}(-[a-z]{1,12}){1,2}-[0-9]{1,2}\.amazonaws\.com(\.cn)?")


def alerts(asked: Asked) -> list[Alert]:
    """The alarm that a notification is a turn of, if it is. Raises Unreadable."""
    told = asked.fields()
    if "AlarmName" in told:  # raw delivery leaves the envelope out
        return _alarm(told, "")
    if _kind(asked, told) in (CONFIRMS, LEAVES):
        return []
    if _kind(asked, told) != NOTIFIES:
        raise Unreadable('"Type" is missing: a call of Amazon SNS is expected.')
    return _notified(told)


def confirmation(asked: Asked) -> str:
    """The address that lets a topic send here; empty where none is asked for. Raises Unreadable."""
    told = asked.fields()
    if _kind(asked, told) != CONFIRMS:
        return ""
    url = text(told.get("SubscribeURL"))
    if not is_of_sns(url):
        raise Unreadable("SubscribeURL is no address of Amazon SNS, and was not visited.")
    return url


def is_of_sns(url: str) -> bool:
    """Whether an address is one of SNS itself: https, its own host, nothing else in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return bool(
        parts.scheme == "https"
        and _HOST.fullmatch(parts.netloc)
        and port is None
        and parts.path in ("", "/")
        and not re.search(r"[^\x21-\x7e]|[\\@#]", url)
    )


def _kind(asked: Asked, told: Fields) -> str:
    return asked.headers.get("x-amz-sns-message-type") or text(told.get("Type"))


def _notified(told: Fields) -> list[Alert]:
    message = text(told.get("Message"))
    try:
        body = read(message)
    except Unreadable:
        body = {}
    if isinstance(body, dict) and "AlarmName" in body:
        return _alarm(body, text(told.get("MessageId")))
    if isinstance(body, dict) and first(body, *generic.STATUS):
        made = generic.alert(body)
        return [made] if made else []
    # Some other topic's message: recorded, and nothing to draw from it.
    name = first(told, "Subject", "TopicArn") or "SNS"
    key = text(told.get("MessageId"))
    return [Alert(name=name, is_firing=True, title=message or name, state=None, occasion=key)]


def _alarm(told: Fields, message_id: str) -> list[Alert]:
    state = text(told.get("NewStateValue"))
    if state not in ALARM:
        return []  # INSUFFICIENT_DATA: nobody knows
    turned = text(told.get("StateChangeTime"))
    name = text(told.get("AlarmName"))
    return [
        Alert(
            name=first(told, "AlarmArn") or name,
            is_firing=ALARM[state],
            occasion=turned or message_id,
            title=first(told, "AlarmDescription") or name,
            state=State.PARTIAL,
            labels=_labels(told),
            happened_at=moment(turned),
        )
    ]


def _labels(told: Fields) -> dict[str, str]:
    trigger = within(told.get("Trigger"))
    listed = trigger.get("Dimensions")
    found = [within(one) for one in listed] if isinstance(listed, list) else []
    named = {first(one, "name", "Name"): first(one, "value", "Value") for one in found}
    own = {
        "alertname": text(told.get("AlarmName")),
        "region": text(told.get("Region")),
        "namespace": text(trigger.get("Namespace")),
        "metric": text(trigger.get("MetricName")),
    }
    return {name: said for name, said in (named | own).items() if name and said}
