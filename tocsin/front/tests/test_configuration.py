import ipaddress
from pathlib import Path

import pytest

from tocsin.front.configuration import configuration
from tocsin.front.errors import BadConfiguration


def test_the_site_lies_in_the_data_directory_unless_said_otherwise() -> None:
    assert configuration({"TOCSIN_DATA_DIR": "/srv/t"}).site_dir == Path("/srv/t/site")
    assert configuration({"TOCSIN_SITE_DIR": "/srv/site"}).site_dir == Path("/srv/site")


def test_limits_have_defaults_and_can_be_set() -> None:
    told = configuration({"TOCSIN_FRONT_STREAMS": "5", "TOCSIN_TRUSTED_PROXIES": "10.0.0.0/8, ::1"})

    assert told.streams == 5
    assert told.body_bytes == 1024 * 1024
    assert told.trusted_proxies == (
        ipaddress.ip_network("10.0.0.0/8"),
        ipaddress.ip_network("::1"),
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("TOCSIN_FRONT_STREAMS", "many"),
        ("TOCSIN_FRONT_BODY_SECONDS", "0"),
        ("TOCSIN_FRONT_BODY_SECONDS", "nan"),
        ("TOCSIN_FRONT_READ_SECONDS", "inf"),
        ("TOCSIN_WEB_URL", "https://example.com"),
        ("TOCSIN_WEB_URL", "http://"),
        ("TOCSIN_TRUSTED_PROXIES", "nginx"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, said: str) -> None:
    with pytest.raises(BadConfiguration, match=name):
        configuration({name: said})
