import pytest

from tests.cast import NOON
from tocsin.catalogue.tree import Node, State, Tree, Words
from tocsin.watch import mapping
from tocsin.watch.mapping import About, CannotMap


def a_node(slug: str, name: str, *children: Node) -> Node:
    return Node(
        id=f"id-{slug}",
        slug=slug,
        name=name,
        description="",
        words={"fr": Words("Paiement")} if slug == "checkout" else {},
        position=1,
        showcase=True,
        only_show_if_degraded=False,
        start_date=None,
        created_at=NOON,
        changed_at=NOON,
        parent_id=None,
        children=children,
    )


TREE = Tree((a_node("shop", "Shop", a_node("checkout", "Checkout (Customer)")),))


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ({"statuspageComponentId": "id-checkout"}, "id-checkout"),
        ({"component": "checkout"}, "id-checkout"),
        ({"component": "CHECKOUT (customer)"}, "id-checkout"),
        ({"service": " paiement "}, "id-checkout"),
        ({"statuspageComponentId": "abc", "statuspageComponentName": "Shop"}, "id-shop"),
        ({"component": "nowhere"}, ""),
        ({"job": "checkout"}, ""),
        ({}, ""),
    ],
)
def test_labels_name_a_component_by_themselves(labels: dict[str, str], found: str) -> None:
    assert mapping.about(labels, [], TREE) == About(found)


@pytest.mark.parametrize(
    ("rule", "labels", "about"),
    [
        ("job=check* -> checkout", {"job": "Checkout-eu"}, About("id-checkout")),
        (
            "job=c?? -> checkout:partial_outage",
            {"job": "cux"},
            About("id-checkout", State.PARTIAL),
        ),
        ("env=staging -> -", {"env": "staging", "component": "shop"}, About(is_left_out=True)),
        ("job=x -> checkout", {"job": "y", "component": "shop"}, About("id-shop")),
        ("path=/a b->c -> checkout", {"path": "/a b->c"}, About("id-checkout")),
    ],
)
def test_a_rule_comes_first(rule: str, labels: dict[str, str], about: About) -> None:
    assert mapping.about(labels, mapping.rules([rule], TREE), TREE) == about


def test_a_rule_whose_component_is_gone_is_passed_over() -> None:
    gone = [mapping.rule("job=x -> retired")]

    assert mapping.about({"job": "x", "component": "shop"}, gone, TREE) == About("id-shop")


@pytest.mark.parametrize(
    "text", ["", "checkout", "a=b", "a=b ->", "-> checkout", "=b -> checkout", "a=b -> x y"]
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(CannotMap, match="is no rule"):
        mapping.rule(text)


@pytest.mark.parametrize("text", ["a=b -> nowhere", "a=b -> checkout:on_fire"])
def test_a_rule_names_what_is_on_the_page(text: str) -> None:
    with pytest.raises(CannotMap):
        mapping.rules([text], TREE)


def test_a_rule_is_written_as_it_is_read() -> None:
    for text in ("job=a* -> checkout", "job=a* -> checkout:major_outage", "a= -> -"):
        assert str(mapping.rule(text)) == text


def test_there_are_not_too_many() -> None:
    with pytest.raises(CannotMap, match="at most"):
        mapping.rules(["a=b -> checkout"] * 201, TREE)
