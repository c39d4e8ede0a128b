"""Why a rule group stops a reader, in the language of the text. Pure."""

from collections.abc import Mapping

WHY: Mapping[str, Mapping[str, str]] = {
    "en": {
        "BLA": "It names a culprit. Readers want to know what failed and what you do about it.",
        "MIN": "It makes the harm smaller than those who had it will think it was.",
        "JAR": "Your own people's word: a customer may not know it.",
        "ABS": "It promises more than anybody can keep.",
        "LEG": "It may be held against you. Let whoever answers for it read it first.",
        "PAS": "Nobody acts in this sentence, or nothing is said by it.",
        "EMP": "Readers know no more after it than before.",
        "JUS": "It defends you; readers wait for facts.",
        "TON": "The tone does not fit the harm.",
        "OPS": "It shows something that should stay inside, or somebody who should.",
        "EUP": "The words and the state that the page shows do not agree.",
    },
    "fr": {
        "BLA": "Cela désigne un coupable. On veut savoir ce qui a failli et ce que vous faites.",
        "MIN": "Cela rend le dommage plus petit que ne l'ont vécu ceux qui l'ont subi.",
        "JAR": "C'est un mot de chez vous : un client peut ne pas le connaître.",
        "ABS": "C'est promettre plus que personne ne peut tenir.",
        "LEG": "Cela peut vous être opposé. Que la personne qui en répond le lise d'abord.",
        "PAS": "Personne n'agit dans cette phrase, ou elle ne dit rien.",
        "EMP": "Après l'avoir lue, on n'en sait pas plus qu'avant.",
        "JUS": "C'est une défense ; on attend des faits.",
        "TON": "Le ton ne convient pas au dommage.",
        "OPS": "Cela montre quelque chose, ou quelqu'un, qui doit rester à l'intérieur.",
        "EUP": "Les mots et l'état affiché sur la page ne s'accordent pas.",
    },
}


def why(group: str, language: str) -> str:
    """Why findings of a group are findings; in English where the language has no lexicon."""
    return WHY.get(language, WHY["en"])[group]
