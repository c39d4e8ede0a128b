"""Every form of a word, and the classes that words belong to: what a phrase is widened by. Pure.

    overlook+     any form: overlooks, overlooked, overlooking; négliger+: négligeons, négligée
    {person}      any word of a class, in any of its forms, from ``lexicons/<language>.words.yaml``

The forms are made by rule, and too many rather than too few: one that nobody writes costs nothing.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

READER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
INFLECTED = re.compile(r"([^\W\d_]+)\+")
NAMED = re.compile(r"\{([a-z]+(?:-[a-z]+)*)\}")
UNRULY_EN = {
    "be": "is are was were been being",
    "break": "broke broken",
    "bring": "brought",
    "catch": "caught",
    "choose": "chose chosen",
    "come": "came",
    "cut": "cut cutting",
    "do": "does did done",
    "draw": "drew drawn",
    "fall": "fell fallen",
    "feel": "felt",
    "find": "found",
    "forget": "forgot forgotten forgetting",
    "get": "got gotten getting",
    "give": "gave given",
    "go": "went gone goes",
    "have": "has had having",
    "hold": "held",
    "keep": "kept",
    "know": "knew known",
    "learn": "learnt",
    "leave": "left",
    "let": "letting",
    "lose": "lost",
    "make": "made",
    "mislay": "mislaid",
    "misread": "misread",
    "overwrite": "overwrote overwritten",
    "pay": "paid",
    "put": "putting",
    "read": "read",
    "run": "ran running",
    "say": "said",
    "see": "saw seen",
    "send": "sent",
    "shut": "shutting",
    "steal": "stole stolen",
    "take": "took taken",
    "tell": "told",
    "think": "thought",
    "throw": "threw thrown",
    "write": "wrote written",
}
FIRST = (  # -er: of négliger, "néglig" and these
    "er e es ons ez ent ais ait ions iez aient a èrent ant é ée és ées erai eras era erons erez"
    " eront erais erait erions eriez eraient"
).split()
SECOND = (  # -ir: of agir, "ag" and these
    "ir is it issons issez issent issais issait issaient issant isse i ie ies irai ira irons irez"
    " iront irait iraient"
).split()
UNRULY_FR = {
    "apprendre": "apprends apprend apprenons apprenez apprennent apprenait appris apprise apprises",
    "avoir": "ai as a avons avez ont avait avaient avions aura auront aurait auraient eu ait aient",
    "commettre": "commet commettons commettent commis commise commises",
    "connaître": "connais connaît connaissons connaissent connu connue connus connues connaissait",
    "croire": "croyons croit croient cru",
    "devoir": "dois doit devons doivent devait devaient devra devrait devraient dû",
    "enfreindre": "enfreint enfreignons enfreignent enfreints enfreinte enfreintes",
    "être": "est sont était étaient sera seront serait seraient été sommes fut furent soit soient",
    "faire": "fais fait faisons font faisait fera feront faite faites faits",
    "mettre": "met mettons mettent mis mise mises mettait mettra",
    "omettre": "omet omettons omettent omis omise omises",
    "perdre": "perd perdons perdent perdu perdue perdus perdues",
    "prendre": "prend prenons prennent pris prise prises prenait prendra",
    "prévoir": "prévoit prévoyons prévoient prévu prévue prévus prévues prévoyait",
    "répondre": "répond répondons répondent répondu répondait",
    "résoudre": "résout résolvons résolu résolue résolus résolues",
    "savoir": "sait savons savent savait savions su",
    "subir": "subit subi subie subis subies subissent subissait",
    "suivre": "suit suivons suivent suivi suivie suivis suivies suivait",
    "tenir": "tient tenons tiennent tenu tenue tenus tenues tenait tiendra",
    "voir": "voit voyons voient vu vue vus vues voyait",
    "vouloir": "veut voulons veulent voulu voulait",
}
# They end like a verb and are none: "passager" has no "passage".
NO_VERBS_FR = frozenset(
    "atelier caissier cher cluster danger dernier dossier fichier fier foyer grutier handler"
    " infirmier jardinier listener léger magasinier métier ouvrier passager régulier sorcier"
    " terrassier trigger usager vacancier".split()
)
FEMALE_FR = (  # the end of a word, and its other ends
    ("teur", "teurs teuse teuses trice trices"),
    ("eur", "eurs euse euses"),
    ("eux", "euse euses"),
    ("if", "ifs ive ives"),
    ("al", "als aux ale ales"),
    ("el", "els elle elles"),
    ("en", "ens enne ennes"),
    ("er", "ers ère ères"),
    ("x", ""),
    ("s", "se ses"),
    ("e", "es"),
    ("", "s e es"),
)
SOUND = {"g": "ge", "c": "ç"}  # before an a or o: négligeons, remplaçons


def widened(text: str, language: str) -> str:
    """A phrase with its classes and forms written out; what names no class stays as it is."""
    known = classes(language)
    told = NAMED.sub(lambda found: known.get(found[1], found[0]), text)
    return _inflected(told, language)


@lru_cache(maxsize=4)
def classes(language: str) -> Mapping[str, str]:
    """The classes of a language, each as a choice: "person" is "(engineer|engineers|...)"."""
    return {
        name: f"({'|'.join(_inflected(word, language) for word in words)})"
        for name, words in _kept(language).items()
    }


def members(name: str, language: str) -> frozenset[str]:
    """Every word of a class in each of its forms; none where the language has no such class."""
    told = _kept(language).get(name, ())
    return frozenset(
        form
        for word in told
        for form in (forms(word[:-1], language) if word.endswith("+") else (word,))
    )


@lru_cache(maxsize=4)
def _kept(language: str) -> Mapping[str, list[str]]:
    name = language if language == "names" else f"{language}.words"
    path = files(__package__) / "lexicons" / f"{name}.yaml"
    if not path.is_file():
        return {}
    kept: dict[str, list[str]] = yaml.load(path.read_text("utf-8"), READER)
    return kept


def forms(word: str, language: str) -> tuple[str, ...]:
    """Every form that a word may have; the word itself is the first."""
    told = _in_english(word) if language == "en" else _in_french(word)
    return tuple(dict.fromkeys([word, *told]))


def _inflected(text: str, language: str) -> str:
    return INFLECTED.sub(lambda found: f"({'|'.join(forms(found[1], language))})", text)


def _in_english(word: str) -> Iterator[str]:
    yield f"{word[:-1]}ies" if _ends_in_y(word) else f"{word}{'es' if _hisses(word) else 's'}"
    unruly = UNRULY_EN.get(word, "").split()
    yield from unruly
    base = word[:-1] if word.endswith("e") and not word.endswith("ee") else word
    doubled = word + word[-1] if _doubles(word) else base
    yield f"{doubled}ing"
    if not unruly:
        yield f"{word[:-1]}ied" if _ends_in_y(word) else f"{doubled}ed"


def _ends_in_y(word: str) -> bool:
    return word.endswith("y") and word[-2:-1] not in "aeiou"


def _hisses(word: str) -> bool:
    return word.endswith(("s", "x", "z", "ch", "sh"))


def _doubles(word: str) -> bool:
    """One short vowel before the last letter: skipped, botched is not."""
    return bool(
        re.fullmatch(
            r"(?:un|re)?[^aeiou]*[aeiou][bdgklmnprt]|(?:om|com|per|ad|sub)mit|regret", word
        )
    )


def _in_french(word: str) -> Iterator[str]:
    if word in UNRULY_FR:
        yield from UNRULY_FR[word].split()
    elif word in NO_VERBS_FR:
        yield from (f"{word}s", f"{word[:-2]}ère", f"{word[:-2]}ères")
    elif word.endswith("er") and len(word) > 4:
        yield from _first_group(word[:-2])
    elif word.endswith("ir"):
        yield from (word[:-2] + end for end in SECOND)
    else:
        last, ends = next(pair for pair in FEMALE_FR if word.endswith(pair[0]))
        stem = word[: len(word) - len(last)] if last not in ("e", "x", "s") else word
        stem = word[:-1] if last == "e" else stem
        yield from (stem + end for end in ends.split())


def _first_group(stem: str) -> Iterator[str]:
    soft = stem[:-1] + SOUND[stem[-1]] if stem[-1] in SOUND else stem
    for end in FIRST:
        yield (soft if end[0] in "ao" else stem) + end
    open_stem = re.sub(r"[eé]([^aeiouyéè]+)$", r"è\1", stem)  # gérer: gère
    if open_stem != stem:
        yield from (open_stem + end for end in ("e", "es", "ent", "era", "erons", "eront"))
