import json
from pathlib import Path

import pytest

from tocsin.people.models import Role
from tocsin.settings.installation import (
    ADDRESS,
    ROLES,
    BadSetting,
    Installation,
    installation,
    keep_private,
)


def told(tmp_path: Path, **environ: str) -> dict[str, str]:
    return {
        "TOCSIN_DATA_DIR": str(tmp_path / "data"),
        "TOCSIN_CONFIG": str(tmp_path / "t.toml"),
    } | (environ)


def test_a_bare_machine_needs_no_setting(tmp_path: Path) -> None:
    made = installation(told(tmp_path))

    assert made.site_dir == tmp_path / "data" / "site"
    assert made.database_url == f"sqlite:///{tmp_path}/data/tocsin.sqlite3"
    assert made.smtp_url is None
    assert made.base_url == "http://127.0.0.1:8000"


def test_the_database_is_for_its_owners_eyes(tmp_path: Path) -> None:
    database = tmp_path / "tocsin.sqlite3"

    keep_private(str(database))
    assert database.stat().st_mode & 0o077 == 0

    database.chmod(0o640)
    keep_private(str(database))
    assert database.stat().st_mode & 0o777 == 0o640, "what an operator chose stays"


def test_a_database_without_a_folder_is_left_to_complain(tmp_path: Path) -> None:
    keep_private(str(tmp_path / "absent" / "tocsin.sqlite3"))

    assert not (tmp_path / "absent").exists()


def test_links_lead_to_where_serve_last_answered(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ADDRESS).write_text("http://127.0.0.1:8123\n")

    assert installation(told(tmp_path)).base_url == "http://127.0.0.1:8123"
    address = told(tmp_path, TOCSIN_BASE_URL="https://status.linden.example/")
    assert installation(address).base_url == "https://status.linden.example"


def test_the_secret_is_made_once_and_readable_by_us_alone(tmp_path: Path) -> None:
    first, second = installation(told(tmp_path)), installation(told(tmp_path))

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 50
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o077 == 0


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text('TOCSIN_PLACE = "paris"\nTOCSIN_MAILS_AN_HOUR = 5\n')

    made = installation(told(tmp_path, TOCSIN_PLACE="lyon"))

    assert (made.place, made.mails_an_hour) == ("lyon", 5)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TOCSIN_MAILS_AN_HOUR", "many", "a number is needed"),
        ("TOCSIN_BREAKER_RATIO", "-3", "above zero"),
    ],
)
def test_a_setting_that_cannot_be_used_says_so(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(BadSetting, match=f"{name}.*{sentence}"):
        installation(told(tmp_path, **{name: value}))


def test_a_broken_file_says_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text("TOCSIN_PLACE = \n")

    with pytest.raises(BadSetting, match=r"t\.toml cannot be read"):
        installation(told(tmp_path))


OPENID = {"issuer": "https://id.example", "client_id": "tocsin", "client_secret": "hidden"}


def provided(tmp_path: Path, **told: object) -> Installation:
    said = json.dumps({"linden": {**OPENID, **told}})
    environ = {"TOCSIN_DATA_DIR": str(tmp_path), "TOCSIN_CONFIG": "none", "TOCSIN_OPENID": said}
    return installation(environ)


def test_a_provider_is_told_by_the_file_or_the_environment(tmp_path: Path) -> None:
    config = tmp_path / "tocsin.toml"
    config.write_text(
        "[TOCSIN_OPENID.linden]\n"
        'issuer = "https://id.example"\nclient_id = "tocsin"\nclient_secret = "hidden"\n'
        '[TOCSIN_OPENID.linden.roles]\nsre = "responder"\n"the law" = ["legal@linden", "reader"]\n'
    )

    (by_file,) = installation(
        {"TOCSIN_DATA_DIR": str(tmp_path), "TOCSIN_CONFIG": str(config)}
    ).openid
    roles = {"sre": "responder", "the law": ["legal@linden", "reader"]}
    (by_environ,) = provided(tmp_path, roles=roles).openid

    assert by_file == by_environ
    assert dict(by_file.roles) == {
        "sre": ("responder",),
        "the law": ("legal@linden", "reader"),
    }
    assert hash(by_file)
    assert (by_file.slug, by_file.name) == ("linden", "linden")
    assert "hidden" not in str(by_file)


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "http://id.example"},
        {"issuer": "id.example"},
        {"issuer": "https://id.example?x=1"},
        {"client_id": ""},
        {"client_secret": 7},
        {"colour": "red"},
        {"asks_second_factor": "yes"},
        {"roles": []},
        {"roles": {"sre": "king"}},
        {"roles": {"sre": "responder@"}},
        {"roles": {"sre": [7]}},
        {"roles": {"sre": {"a": "b"}}},
    ],
)
def test_a_provider_that_cannot_be_used_says_so(tmp_path: Path, told: dict[str, object]) -> None:
    with pytest.raises(BadSetting, match="TOCSIN_OPENID, 'linden'") as refused:
        provided(tmp_path, **told)

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("said", ["[]", "{", '{"A B": {}}', '{"linden": {}}', '{"linden": 7}'])
def test_what_is_no_table_of_providers_says_so(tmp_path: Path, said: str) -> None:
    environ = {"TOCSIN_DATA_DIR": str(tmp_path), "TOCSIN_CONFIG": "none", "TOCSIN_OPENID": said}

    with pytest.raises(BadSetting, match="TOCSIN_OPENID"):
        installation(environ)


def test_the_roles_that_a_group_may_give_are_those_there_are() -> None:
    assert set(ROLES) == {role.value for role in Role}


def test_behind_the_fence_no_twin_stands_in_a_bucket(tmp_path: Path) -> None:
    fenced = told(tmp_path, TOCSIN_FENCED="true", TOCSIN_SITE_TWINS="/srv/twin")
    assert installation(fenced).site_twins == ("/srv/twin",)
    assert not installation(told(tmp_path, TOCSIN_SITE_TWINS="s3://bucket/page")).fenced

    with pytest.raises(BadSetting, match="a twin in a bucket is elsewhere"):
        installation(fenced | {"TOCSIN_SITE_TWINS": "/srv/twin s3://bucket/page"})
