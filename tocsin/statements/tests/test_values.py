import dataclasses
import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import CauseSide, Certainty
from tocsin.disclosure.severity import Severity
from tocsin.statements import published, values
from tocsin.statements.values import Forecast, Layer, LongMode, Words

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
times = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
languages = st.sampled_from(["en", "fr"])
all_words = st.builds(
    Words,
    name=st.dictionaries(languages, texts),
    layers=st.dictionaries(languages, st.builds(Layer, *[texts] * 8)),
    phase=st.sampled_from(Phase),
    severity=st.sampled_from(Severity),
    impacts=st.dictionaries(texts, st.sampled_from(State)),
    cause_side=st.sampled_from(CauseSide),
    certainty=st.sampled_from(Certainty),
    since=st.none() | times,
    until=st.none() | times,
    next_word_at=st.none() | times,
    forecast=st.none() | st.builds(Forecast, times, times, st.dictionaries(languages, texts)),
    turn_reason=st.dictionaries(languages, texts),
    long_mode=st.none()
    | st.builds(LongMode, times, st.dictionaries(languages, texts), st.sampled_from(Severity)),
)


@given(all_words)
def test_words_survive_being_written_down(words: Words) -> None:
    assert values.read(json.loads(json.dumps(values.written(words)))) == words


@given(all_words)
def test_words_from_before_a_part_was_added_are_read(words: Words) -> None:
    told = values.written(dataclasses.replace(words, long_mode=None))
    del told["long_mode"]

    assert values.read(told) == dataclasses.replace(words, long_mode=None)


def test_the_published_record_is_made_of_frozen_values() -> None:
    shown = [getattr(published, name) for name in published.__all__]
    records = [kind for kind in shown if dataclasses.is_dataclass(kind)]

    assert len(records) >= 7
    assert all(vars(kind)["__dataclass_params__"].frozen for kind in records)
