import gzip

import brotli

from tocsin.front.answer import answer, with_gzip
from tocsin.front.headers import headers_of

WORDS = b"We are looking into failing checkouts. " * 40
HTML = headers_of("/index.html", {})


def test_each_coding_has_a_tag_of_its_own_and_all_of_them_mean_unchanged() -> None:
    made = with_gzip(answer(WORDS, headers=HTML, packed={"br": brotli.compress(WORDS)}))

    found = {coding: dict(headers)["etag"] for coding, (headers, _) in made.codings.items()}

    assert set(found) == {"identity", "gzip", "br"}
    assert len(set(found.values())) == 3
    assert set(found.values()) == set(made.unchanged)


def test_gzip_unpacks_to_the_same_words() -> None:
    made = with_gzip(answer(WORDS, headers=HTML))

    assert gzip.decompress(made.codings["gzip"][1]) == WORDS


def test_a_twin_left_over_from_an_older_file_is_dropped() -> None:
    stale = {"gzip": gzip.compress(b"older words"), "br": brotli.compress(b"older words")}

    assert set(answer(WORDS, headers=HTML, packed=stale).codings) == {"identity"}


def test_a_twin_that_is_no_archive_at_all_is_dropped() -> None:
    broken = {"gzip": b"\x1f\x8bnonsense", "br": b"nonsense"}

    assert set(answer(WORDS, headers=HTML, packed=broken).codings) == {"identity"}


def test_pictures_and_short_files_are_left_as_they_are() -> None:
    assert not answer(WORDS, headers=headers_of("/a.png", {})).may_shrink
    assert not answer(b"short", headers=HTML).may_shrink


def test_the_same_bytes_have_the_same_tag_on_every_host() -> None:
    one, other = (with_gzip(answer(WORDS, headers=HTML)) for _ in range(2))

    assert one.codings == other.codings
