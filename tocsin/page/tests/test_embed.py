import json
import re
from dataclasses import replace

from tocsin.catalogue.look import Embed, Look
from tocsin.catalogue.models import Access
from tocsin.page import assets, embed, head
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import NOON, a_brand, a_closed_story, a_snapshot, a_story
from tocsin.statements.shouted import Shout


def frame(snapshot: Snapshot, language: str = "") -> str:
    return embed.files(snapshot)[f"{language}embed/frame/index.html"].decode()


def test_the_frame_says_what_goes_on_in_each_language() -> None:
    snapshot = a_snapshot(a_story())

    english, french = frame(snapshot), frame(snapshot, "fr/")

    assert 'data-key="incident0000"' in english
    assert "Checkout is failing for one in three" in english
    assert 'href="https://status.linden.example/incidents/incident0000"' in english
    assert 'aria-label="Close this notice"' in english
    assert 'href="https://status.linden.example/fr/incidents/incident0000"' in french
    assert "Fermer cet avis" in french


def test_with_nothing_to_say_the_frame_has_no_key_and_stays_shut() -> None:
    assert "data-key" not in frame(a_snapshot(a_closed_story()))


def test_the_frame_runs_and_wears_nothing_but_files_of_its_own() -> None:
    html = frame(a_snapshot(a_story()))

    assert embed.behaviour()[0] in html
    assert embed.sheet(Look())[0] in html
    assert "<style" not in html
    assert "style=" not in html


def test_the_corner_and_colours_are_the_page_s_own() -> None:
    chosen = Embed(position="top-right", incident_background="#112233", incident_text="#ffffff")
    page = replace(a_brand(), look=Look(embed=chosen))
    snapshot = a_snapshot(a_story(), page=page)

    script = embed.files(snapshot)["embed/script.js"].decode()
    told = json.loads(re.findall(r"const told = (.*);", script)[0])

    assert told["position"] == "top-right"
    assert told["frames"] == {"en": "embed/frame", "fr": "fr/embed/frame"}
    path, sheet = embed.sheet(page.look)
    assert b"--incident:#112233;--incident-ink:#ffffff" in sheet
    assert path != embed.sheet(Look())[0]
    assert path in frame(snapshot)


def test_a_name_cannot_break_out_of_the_script() -> None:
    page = replace(a_brand(), name='</script>\u2028"; alert(1)')

    script = embed.files(a_snapshot(page=page))["embed/script.js"].decode()

    told = json.loads(re.findall(r"const told = (.*);", script)[0])
    assert told["name"] == page.name


def test_a_page_that_only_some_may_read_stands_in_no_frame() -> None:
    closed = replace(a_brand(), access=Access.NAMED)

    files = head.files(a_snapshot(a_story(), page=closed))

    assert not [path for path in files if "embed" in path]


def test_what_is_shouted_is_in_the_frame_at_once() -> None:
    snapshot = a_snapshot(a_closed_story())
    shout = Shout(
        id="shout0000000",
        about="shout0000000",
        page_id=snapshot.page.id,
        is_over=False,
        severity="sev1",
        layers={"en": "All is <down>."},
        at=NOON,
        next_word_at=None,
        by="Ada",
    )

    files = head.files(snapshot, shouts=[shout])

    html = files["embed/frame/index.html"].decode()
    assert 'data-key="shout0000000"' in html
    assert re.search(r"<h1[^>]*><a [^>]*>All is &lt;down&gt;\.?</a></h1>", html)


def test_the_rules_for_the_frame_are_no_looser_than_a_page_s() -> None:
    assert "unsafe" not in embed.POLICY
    assert assets.policy().split(";")[0] == embed.POLICY.split("; ")[0]
