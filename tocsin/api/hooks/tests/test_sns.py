"""Amazon SNS: what it confirms, whom we visit for it and whom never, and CloudWatch's alarms."""

import json
from typing import Any

import pytest

from tests.cast import a_page
from tests.hostile.ground import nothing_written
from tocsin.api.hooks import sns, visiting
from tocsin.api.hooks.tests.ground import a_door, post
from tocsin.catalogue.shelf import Brand
from tocsin.watch import signals
from tocsin.watch.models import Source

pytestmark = pytest.mark.django_db

URL = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:x&Token=abc"


@pytest.fixture
def page() -> Brand:
    return a_page()


@pytest.fixture
def visited(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(visiting, "visit", found.append)
    return found


def call(path: str, told: dict[str, Any]) -> Any:
    kind = "text/plain; charset=UTF-8"
    return post(path, told, kind=kind, x_amz_sns_message_type=str(told["Type"]))


def notification(message: str, number: int = 1) -> dict[str, Any]:
    return {
        "Type": "Notification",
        "MessageId": f"m-{number}",
        "TopicArn": "arn:aws:sns:eu-west-1:1:alarms",
        "Subject": "ALARM",
        "Message": message,
        "SignatureVersion": "1",
        "Signature": "x",
    }


def alarm(state: str, minute: int) -> str:
    return json.dumps(
        {
            "AlarmName": "checkout-5xx",
            "AlarmDescription": "Checkout answers 5xx",
            "AlarmArn": "arn:aws:cloudwatch:eu-west-1:1:alarm:checkout-5xx",
            "NewStateValue": state,
            "OldStateValue": "OK",
            "StateChangeTime": f"2026-11-23T10:{minute:02}:42.236+0000",
            "Region": "EU (Ireland)",
            "Trigger": {
                "Namespace": "AWS/ApplicationELB",
                "MetricName": "HTTPCode_Target_5XX_Count",
                "Dimensions": [{"name": "service", "value": "checkout"}],
            },
        }
    )


def test_a_subscription_is_confirmed_at_sns_itself(page: Brand, visited: list[str]) -> None:
    _, path = a_door(page, Source.SNS)

    answer = call(path, {"Type": "SubscriptionConfirmation", "SubscribeURL": URL, "Token": "abc"})

    assert answer.status_code == 200
    assert visited == [URL]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://sns.eu-west-1.amazonaws.com/",
        "https://sns.eu-west-1.amazonaws.com.evil.example/",
        "https://evil.example/?https://sns.eu-west-1.amazonaws.com/",
        "https://sns.eu-west-1.amazonaws.com@evil.example/",
        "https://sns.eu-west-1.amazonaws.com:8443/",
        "https://evil.sns.eu-west-1.amazonaws.com/",
        "https://s3.eu-west-1.amazonaws.com/",
        "https://sns.eu-west-1.amazonaws.com\\@evil.example/",
        "https://SNS.eu-west-1.amazonaws.com/#x",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[broken/",
        "file:///etc/passwd",
    ],
)
def test_nobody_else_is_ever_visited(page: Brand, visited: list[str], url: str) -> None:
    _, path = a_door(page, Source.SNS)

    with nothing_written():
        answer = call(path, {"Type": "SubscriptionConfirmation", "SubscribeURL": url})

    assert answer.status_code == 400
    assert visited == []


@pytest.mark.parametrize(
    "host", ["sns.us-gov-west-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn"]
)
def test_sns_has_hosts_of_its_own_elsewhere_too(host: str) -> None:
    assert sns.is_of_sns(f"https://{host}/?Action=ConfirmSubscription")


def test_letting_go_visits_nobody(page: Brand, visited: list[str]) -> None:
    _, path = a_door(page, Source.SNS)

    answer = call(path, {"Type": "UnsubscribeConfirmation", "SubscribeURL": URL})

    assert (answer.status_code, visited) == (200, [])


def test_when_the_visit_fails_sns_is_asked_to_try_again(
    page: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(url: str) -> None:
        raise visiting.Unconfirmed("There was no answer.")

    _, path = a_door(page, Source.SNS)
    monkeypatch.setattr(visiting, "visit", fails)

    answer = call(path, {"Type": "SubscriptionConfirmation", "SubscribeURL": URL})

    assert answer.status_code == 503


def test_cloudwatch_alarms_begin_and_end(page: Brand, visited: list[str]) -> None:
    door, path = a_door(page, Source.SNS)
    told = [alarm("ALARM", 1), alarm("ALARM", 1), alarm("INSUFFICIENT_DATA", 2), alarm("OK", 3)]

    for number, message in enumerate(told):
        assert call(path, notification(message, number)).status_code == 200

    heard = signals.recent(door.id)[::-1]
    assert [one.is_firing for one in heard] == [True, False]
    assert heard[0].title == "Checkout answers 5xx"
    assert heard[0].labels["service"] == "checkout"
    assert heard[0].happened_at.minute == 1


def test_raw_delivery_leaves_the_envelope_out(page: Brand, visited: list[str]) -> None:
    _, path = a_door(page, Source.SNS)

    answer = post(path, json.loads(alarm("ALARM", 1)), kind="text/plain")

    assert answer.json()["new"] == 1


def test_any_other_message_is_recorded_alone(page: Brand, visited: list[str]) -> None:
    door, path = a_door(page, Source.SNS)

    call(path, notification("Your bill is ready."))

    (one,) = signals.recent(door.id)
    assert one.state is None
