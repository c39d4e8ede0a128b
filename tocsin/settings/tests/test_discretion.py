import logging

import pytest
from django.test import Client

from tocsin.settings.discretion import without_tokens

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/console/join/s3cret-t0ken",
        "/subscribe/preferences/s3cret-t0ken",
        "/subscribe/unsubscribe/s3cret-t0ken",
        "/subscribe/confirm/s3cret-t0ken",
    ],
)
def test_no_log_line_holds_a_token(path: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        response = Client().get(path)

    assert response.status_code in (404, 410)
    assert "s3cret-t0ken" not in caplog.text
    assert path.rpartition("/")[0] in caplog.text


def test_a_form_refused_at_the_join_page_keeps_its_token_out_of_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        response = Client(enforce_csrf_checks=True).post("/console/join/s3cret-t0ken")

    assert response.status_code == 403
    assert "s3cret-t0ken" not in caplog.text


def test_the_rest_of_an_address_stays() -> None:
    assert without_tokens("/console/people/abc") == "/console/people/abc"
    assert without_tokens("/hooks/grafana/abc?x=1") == "/hooks/grafana/...?x=1"
