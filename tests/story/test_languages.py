"""Several languages: the page's own goes first, the others follow, and nobody is left guessing."""

from datetime import timedelta

import pytest

from tests import cast
from tests.story.telling import Telling, text_of
from tocsin.announcements import audience
from tocsin.announcements.audience import Choice
from tocsin.catalogue import shelf
from tocsin.disclosure.phases import Phase
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.rehearse.player import Night
from tocsin.statements import publication, published, translation
from tocsin.statements.drafting import Overtaken
from tocsin.statements.published import Publication
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

BAO, GRETA = "bao@reader.example", "greta@reader.example"
ENGLISH = Layer("Cards are refused at the last step", "The bank refuses cards. We are on it.")
GERMAN = Layer("Karten werden im letzten Schritt abgelehnt", "Die Bank lehnt Karten ab.")


@pytest.fixture
def brand(night: Telling) -> Telling:
    """Linden speaks French first, then English and German; Greta reads German."""
    page = shelf.change_page(
        night.page.id, languages=("fr", "en", "de"), by=TERMINAL, at=night.at("09:00")
    )
    audience.subscribe(
        page.id,
        address=GRETA,
        choice=Choice(language="de"),
        confirmed=True,
        by=TERMINAL,
        at=night.at("09:00"),
    )
    return Telling(Night(page, night.night.opens_at, "09:00"), night.olu, night.lea)


def in_french(
    brand: Telling, clock: str, incident: str, line: str, *, next_word: str
) -> Publication:
    layer = Layer(line, f"{line}. Nous cherchons pourquoi.")
    saying = Saying(
        phase=Phase.INVESTIGATING,
        layers={"fr": layer},
        next_word_at=brand.night.when(next_word),
    )
    return brand.said(clock, incident, saying, by=brand.olu)


def translated(
    brand: Telling, clock: str, incident: str, language: str, layer: Layer
) -> Publication:
    return translation.translate(
        incident, language=language, layer=layer, by=brand.lea, at=brand.at(clock)
    ).publication


def test_a_holding_statement_is_there_in_every_language_of_the_page(brand: Telling) -> None:
    brand.said_first("09:07")
    brand.run_lanes()

    assert "Nous examinons un problème concernant le paiement." in brand.reads("index.html")
    assert "We are looking into a problem with checkout." in brand.reads("en/index.html")
    assert "ist möglicherweise gestört; wir gehen dem nach." in brand.reads("de/index.html")
    (mail,) = brand.mails_to(GRETA)
    assert "Wir kennen noch weder die Ursache" in text_of(mail)
    assert "Nächste Nachricht spätestens um 09:25 Uhr UTC." in text_of(mail)
    assert translation.owed([brand.page], at=brand.at("09:30")) == []


def test_the_first_language_does_not_wait_and_the_others_are_told_when_theirs_comes(
    brand: Telling,
) -> None:
    incident = brand.said_first("09:07")
    in_french(brand, "09:20", incident, "Les cartes sont refusées", next_word="09:50")
    brand.run_lanes()

    assert "Les cartes sont refusées" in brand.reads("index.html")
    english = brand.reads("en/index.html")
    assert '<h1 lang="fr">Les cartes sont refusées</h1>' in english
    assert "in French" in english
    assert 'translation to follow by <time datetime="2026-11-24T09:35:00Z">09:35 UTC' in english
    assert "auf Französisch" in brand.reads("de/index.html")
    assert "Übersetzung folgt spätestens um" in brand.reads("de/index.html")
    mail = brand.mails_to(cast.SAM)[-1]
    assert "These words exist only in French. The translation follows by 09:35 UTC." in text_of(
        mail
    )


def test_a_translation_is_published_by_itself_and_told_to_its_readers_alone(
    brand: Telling,
) -> None:
    incident = brand.said_first("09:07")
    first = in_french(brand, "09:20", incident, "Les cartes sont refusées", next_word="09:50")
    brand.run_lanes()

    came = translated(brand, "09:31", incident, "en", ENGLISH)
    brand.run_lanes()

    assert (came.number, came.translates) == (first.number + 1, first.number)
    english = brand.reads("en/index.html")
    assert ENGLISH.headline in english
    assert "translation to follow" not in english
    assert "Übersetzung folgt" in brand.reads("de/index.html"), "German is still owed"
    assert len(brand.mails_to(BAO)) == 2
    assert len(brand.mails_to(GRETA)) == 2
    *_, before, mail = brand.mails_to(cast.SAM)
    assert len(brand.mails_to(cast.SAM)) == 3
    assert ENGLISH.body in text_of(mail)
    assert "09:20 UTC · now in English" in text_of(mail)
    assert mail["References"] == before["References"], "one thread"
    assert brand.latest(incident).language_lag("en") == timedelta(minutes=11)


def test_a_late_translation_shows_and_is_counted(brand: Telling) -> None:
    incident = brand.said_first("09:07")
    in_french(brand, "09:20", incident, "Les cartes sont refusées", next_word="09:50")
    brand.at("09:39")
    brand.run_lanes()
    in_time = brand.reads("en/index.html")

    brand.at("09:41")
    brand.run_lanes()

    assert brand.live() == "2.1", "the same word, as it looks later"
    assert "overdue" not in in_time
    assert "translation overdue since" in brand.reads("en/index.html")
    owed = translation.owed([brand.page], at=brand.at("09:41"))
    assert [(word.language, word.is_overdue(brand.at("09:41"))) for word in owed] == [
        ("en", True),
        ("de", True),
    ]

    translated(brand, "09:44", incident, "en", ENGLISH)
    brand.run_lanes()

    assert "overdue" not in brand.reads("en/index.html")
    assert brand.latest(incident).language_lag("en") == timedelta(minutes=24)
    assert brand.latest(incident).language_lag("de") is None


def test_machines_see_one_update_whatever_languages_it_comes_in(brand: Telling) -> None:
    incident = brand.said_first("09:07")
    in_french(brand, "09:20", incident, "Les cartes sont refusées", next_word="09:50")
    brand.run_lanes()
    before = brand.summary()["incidents"][0]

    translated(brand, "09:31", incident, "en", ENGLISH)
    brand.run_lanes()

    assert brand.summary()["incidents"][0] == before
    assert ENGLISH.body in brand.reads("en/history.atom")
    assert "<updated>2026-11-24T09:31:00+00:00</updated>" in brand.reads("en/history.atom")
    assert "<updated>2026-11-24T09:31:00+00:00</updated>" not in brand.reads("history.atom")


def test_a_word_may_be_translated_after_it_is_over_and_the_record_holds(brand: Telling) -> None:
    incident = brand.said_first("09:07")
    over = Saying(phase=Phase.RESOLVED, layers={"fr": Layer("C’est réparé", "Tout fonctionne.")})
    brand.said("09:40", incident, over, by=brand.olu)
    brand.run_lanes()
    assert "translation to follow" in brand.reads(f"en/incidents/{incident}")

    translated(brand, "09:50", incident, "en", Layer("It works again", "All is well."))
    brand.run_lanes()

    assert "It works again" in brand.reads(f"en/incidents/{incident}")
    assert "in French" not in brand.reads(f"en/incidents/{incident}")
    assert chain.verify().faults == []
    assert publication.faults() == []


def test_a_word_that_was_overtaken_is_translated_in_silence(brand: Telling) -> None:
    incident = brand.said_first("09:07")
    first = in_french(brand, "09:20", incident, "Les cartes sont refusées", next_word="09:50")
    in_french(brand, "09:30", incident, "La banque répond", next_word="09:58")
    brand.run_lanes()
    told = len(brand.mails_to(cast.SAM))

    came = translation.translate(
        incident,
        language="en",
        layer=ENGLISH,
        number=first.number,
        by=brand.lea,
        at=brand.at("09:33"),
    ).publication
    brand.run_lanes()

    assert came.announces is False
    assert len(brand.mails_to(cast.SAM)) == told
    assert ENGLISH.headline in brand.reads(f"en/incidents/{incident}")
    owed = translation.owed([brand.page], at=brand.at("09:34"))
    assert {word.by for word in owed} == {brand.night.when("09:35")}, "what was stated still holds"


def test_two_who_translate_at_once_do_not_overwrite_each_other(brand: Telling) -> None:
    incident = brand.said_first("09:07")
    in_french(brand, "09:20", incident, "Les cartes sont refusées", next_word="09:50")
    translated(brand, "09:30", incident, "de", GERMAN)

    with pytest.raises(Overtaken) as error:
        translated(brand, "09:31", incident, "de", Layer("Karten gehen nicht", "Wir suchen."))

    assert "Karten werden im letzten Schritt abgelehnt" in error.value.difference
    assert published.last_number(brand.page.audience_id) == 3
