from pathlib import Path

import pytest

from tests.cast import a_page, an_incident, eve, lea, olu
from tocsin.console.tests.ground import came_in, nothing_written, text_of
from tocsin.followup.evidence.checking import check

pytestmark = pytest.mark.django_db


def taken_out(tmp_path: Path, response: object) -> Path:
    path = tmp_path / "evidence.zip"
    path.write_bytes(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    return path


def test_who_leads_takes_out_the_evidence_as_a_file(own_directories: Path, tmp_path: Path) -> None:
    incident = an_incident(a_page()).incident_id
    client, room = came_in(lea()), f"/console/incidents/{incident}"
    assert "Take out for outsiders" in text_of(client.get(room))

    response = client.post(f"{room}/evidence")

    verdict = check(taken_out(tmp_path, response))
    assert verdict.faults == []
    assert not verdict.told.is_internal
    assert verdict.seal[:12] in response.headers["Content-Disposition"]
    shown = text_of(client.get(room))
    assert verdict.seal in shown, "the room says who took it out, and with which seal"
    assert not list(own_directories.rglob(".evidence-*")), "nothing of it stays"


def test_what_is_internal_goes_along_only_when_it_is_asked_for(tmp_path: Path) -> None:
    incident = an_incident(a_page()).incident_id

    response = came_in(lea()).post(
        f"/console/incidents/{incident}/evidence", {"with_internal": "on"}
    )

    assert check(taken_out(tmp_path, response)).told.is_internal


def test_who_may_not_take_it_out_is_not_offered_it_and_is_refused() -> None:
    incident = an_incident(a_page()).incident_id
    room = f"/console/incidents/{incident}"
    responder, nobody = came_in(olu()), came_in(eve())

    assert "Take out for outsiders" not in text_of(responder.get(room))
    with nothing_written():
        assert responder.post(f"{room}/evidence").status_code == 403
        assert nobody.post(f"{room}/evidence").status_code == 403
        assert responder.get(f"{room}/evidence").status_code == 405
