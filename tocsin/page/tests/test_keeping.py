from tocsin.page.keeping import MOST, Kept


def test_what_was_made_of_the_same_is_made_once() -> None:
    kept: Kept[object] = Kept()

    first = kept.get("a", ("word", 1), object)

    assert kept.get("a", ("word", 1), object) is first


def test_of_anything_else_it_is_made_anew() -> None:
    kept: Kept[str] = Kept()

    kept.get("a", "a secret", str.upper, "a secret")

    assert kept.get("a", "a word", str.upper, "a word") == "A WORD"


def test_it_is_forgotten_at_a_word() -> None:
    kept: Kept[object] = Kept()
    first = kept.get("a", 1, object)

    kept.forget()

    assert kept.get("a", 1, object) is not first


def test_it_never_grows_without_bound() -> None:
    kept: Kept[int] = Kept()

    for number in range(MOST + 1):
        kept.get(number, number, int, number)

    assert len(kept) == 1
