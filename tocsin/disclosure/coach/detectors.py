"""What no list of phrases can hold: addresses, secrets, people's names. Pure.

Secrets are sought in links and code, too: that a password stands in a code span hides nothing.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tocsin.disclosure.coach import stock
from tocsin.disclosure.coach.phrases import BadPhrase
from tocsin.disclosure.coach.reading import MAIL, Reading, plainly

Spans = Iterator[tuple[int, int]]

FOUR = re.compile(r"(?<![\d.])(?<!v)(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)")
SIX = re.compile(r"(?<![\w:])[0-9a-f:]{3,39}(?![\w:])")
INNER = r"(?:internal|interne|intranet|intra|local|localdomain|lan|corp|priv)"
HOST = re.compile(
    rf"(?<![\w.@-])(?:[a-z0-9_-]+\.)+{INNER}(?![\w-]|\.\w)|(?<![\w.-])localhost(?![\w-])"
    r"|(?<![\w.-])ip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}(?![\w-])"
    r"|(?<![\w./@-])(?:db|sql|web|app|srv|host|pg|mysql|postgres|redis|kafka|k8s|vm|prd|prod|stg"
    r"|cache|lb|proxy|worker|bastion|esx|pve|rabbitmq|elastic|mongo|cassandra|dc)[a-z]{0,8}"
    r"(?:-[a-z0-9]+)*(?:-[a-z]?\d{1,4}|\d{2,4})(?![\w]|\.?\d)"
    r"|(?<![\w./@-])[a-z]{2,6}-[a-z]{3,}\d{2}(?!\w)"
)
URL = re.compile(
    rf"https?://(?:[^\s/@]*@)?(?:(?:[\w-]+\.)*(?:{INNER}|localhost)(?=[:/\s)\]>]|$)"
    r"|10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\."
    r"|(?:[\w-]+\.)*(?:jira|grafana|kibana|jenkins|confluence|vault|prometheus|argocd|runbooks?"
    r"|admin|ops|intranet|internal|staging|nagios|zabbix|splunk|wiki)[.-]"
    r"|[\w-]+\.atlassian\.net|[\w-]+\.slack\.com|docs\.google\.com|[\w-]+\.pagerduty\.com"
    r"|[\w-]+\.datadoghq\.com|[\w-]+\.sentry\.io)(?:[^\s)\]>`\"]*[^\s)\]>`\".,;:!?])?"
)
SECRET = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}"
    r"|\bglpat-[\w-]{16,}|\bxox[abeprs]-[\w-]{10,}|\b[sr]k_(?:live|test)_\w{4,}"
    r"|\bsk-[A-Za-z0-9_-]{20,}|\bAIza[\w-]{30,}|\beyJ[\w-]{8,1000}\.[\w-]{8,}\.[\w-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bhttps?://[^\s/:@]+:[^\s/@]+@"
    r"|(?i:\b(?:password|passwd|pwd|passphrase|secret|api[ _-]?key|access[ _-]?token|token|bearer"
    r"|mot de passe|jeton|clé d'api)\s*(?:[:=]|is|est|was|était)\s*[\"'`]?"
    r"(?=[^\s\"'`]{0,300}[\d_!@#$%^&*])[^\s\"'`,;]{6,})"
    r"|(?i:\b(?:password|passcode|mot de passe)\s+[\"'`]?[a-z]{2,}[\w-]*\d{2,}[^\s\"'`,;]*)"
    r"|(?i:\b(?:log(?:ging)? ?in|sign(?:ing)? ?in|se connecter|connectez-vous|vous connecter) "
    r"(?:with|as|using|avec) [\w.@-]{2,30} ?[/:] ?[a-z]{1,30}\d{1,9}\S{0,30})"
)
ROLES = (
    r"(?i:engineers?|developers?|administrators?|technicians?|managers?|colleagues?|interns?|admin"
    r"|cto|ceo|cio|ciso|dba|sre|ingénieure?s?|techniciene?s?|technicienne|développeuse|développeur"
    r"|administrateur|administratrice|collègue|directeur|directrice|responsable|stagiaire)"
)
CAPITAL = r"[A-ZÀ-Ý][a-zà-ÿ]+(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?"
PERSON = re.compile(
    rf"\b{ROLES}(?:,| named| nommée?)? ({CAPITAL}(?: {CAPITAL}| [A-Z]\.)+)"
    rf"|\b((?:Mr|Mrs|Ms|Mme|Mlle|MM|M)\.? {CAPITAL}(?: {CAPITAL})?)\b"
    rf"|\b({CAPITAL} {CAPITAL})(?=,? (?:from|of|in|de|du) (?:our|the|notre|nos|l')"
    r" ?(?:\w+ ){0,2}(?:team|équipe|department|service|group|groupe|office|desk|crew|division"
    r"|direction))"
)
FULL_NAME = re.compile(rf"(?<![\w'-])(?=({CAPITAL}) ({CAPITAL}|[A-Z]\.)(?![\w-]))")
# A first name alone is somebody where it is called, or belongs to a team.
FIRST_NAME = re.compile(
    rf"\b({CAPITAL})(?=,? (?:from|of|in|at|de|du) (?:our|the|notre|nos|l') ?(?:\w+ ){{0,2}}"
    r"(?:team|équipe|department|service|group|groupe|office|desk|crew|division|direction)\b)"
    r"|\b(?i:call|ring|phone|ask|ask for|contact|thanks to|appelez|contactez|demandez|joindre"
    rf"|grâce à|merci à) ({CAPITAL})(?! {CAPITAL})(?!\w)"
)
INITIAL = re.compile(
    rf"\b(?i:by|from|call|ring|ask|contact|par|de|appelez|contactez|joindre) ([A-Z]\. {CAPITAL})\b"
)
# What is named after somebody: a street, a school, a prize.
PLACE = re.compile(
    r"(?i:rue|avenue|boulevard|place|quai|cours|square|pont|gare|station|école|collège|lycée|salle"
    r"|stade|hôpital|clinique|université|théâtre|street|road|lane|saint|st|sainte|ste|prize|prix"
    r"|foundation|fondation|musée|centre|bibliothèque|résidence|parc|quartier)[ -]$"
)
LONGEST_PLACE = 20  # letters that are looked at before a name
AFTER_PLACE = re.compile(r" ?(?i:street|road|lane|school|college|hospital|hall|library|building)\b")
CUSTOMER = re.compile(
    rf"\b(?i:customers?|clients?|tenant) ((?:{CAPITAL} |[A-Z]{{2,}} )+"
    r"(?:Inc|Corp|Ltd|LLC|GmbH|SA|SAS|SARL|AG|PLC|Plc|Bank|Group|Groupe|Banque))\b"
    r"|\b(?i:(?:the|our) (?:customer|client)|(?:le|notre) client)"
    r" (?!Android|Windows|Web|Outlook|Mac|Linux|Teams|Mobile|Java|Git|Steam|Service|Portal|Area)"
    rf"({CAPITAL}(?:(?: |-| & ){CAPITAL})*)(?! [\w-]*[A-Z])"
    rf"|\b({CAPITAL}(?: {CAPITAL}){{0,3}}), (?:one of|another of|l'une? de|une? autre de)"
    r" (?:our|nos) (?:\w+ )?(?:customers|clients|clientes|tenants)\b"
    rf"|\b({CAPITAL}(?: {CAPITAL}){{0,3}}(?: (?:and|et) {CAPITAL}(?: {CAPITAL}){{0,3}})?)"
    r" (?:was|were|is|are|est|sont|était|étaient) (?:the|les?|nos|our) (?:\w+ ){0,2}"
    r"(?:customers?|clients?)\b"
)
SHARED = re.compile(
    r"support|contact|help|status|info|security|noc|hello|privacy|dpo|abuse|sales|billing|team|desk"
    r"|service|press|legal|trust|care|noreply|no-reply|client|incident|admin|office|aide|assistance"
    r"|securite|sécurité|equipe|accueil|facturation|bonjour|presse"
)
NAMED = re.compile(r"[a-zà-ÿ]+[._][a-zà-ÿ]+\d?$|[a-z][._-][a-zà-ÿ]{3,}$")
ADDRESSED = re.compile(MAIL)
EMOJI = re.compile(
    "[\U0001f300-\U0001faff\U0001f000-\U0001f2ff\u2600-\u27bf\u2b50\u2b55]|(?<![\\w)])[:;]-?[()dp](?!\\w)"
)


LIKE_INITIAL = re.compile(r" [A-Z]\. [A-ZÀ-Ý]")
# Cheap signs without which the dear patterns above need not be tried.
LIKE_HOST = re.compile(rf"[a-z]-?[a-z]?\d|\.{INNER}|localhost")
SECRET_SIGNS = (
    *"akia asia ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox k_live_ k_test_ sk- aiza".split(),
    *"eyj -----begin :// passw pwd passphrase secret key token bearer passe jeton clé".split(),
    *("connecte", " in with ", " in as ", " in using "),
)
PERSON_SIGNS = (
    *"engineer developer administr technicien technician manager colleague intern admin".split(),
    *"cto ceo cio ciso dba sre ingénieur développeu collègue direct responsable".split(),
    *"stagiaire team équipe department service group office desk crew division".split(),
    *"direction mr mrs mme mlle".split(),
    *("ms ", "m. ", "m "),
)
CUSTOMER_SIGNS = (
    "e customer ",
    "r customer ",
    "e client ",
    " inc",
    " corp",
    " ltd",
    " llc",
    " gmbh",
    " sa",
    " sarl",
    " banque",
    " ag",
    " plc",
    " bank",
    " group",
    " of our ",
    " de nos ",
    "customers affected",
    "customers concerned",
    "clients touch",
    "clients concern",
    "only customer",
    "seul client",
)


@dataclass(frozen=True, slots=True)
class Known:
    """Names that a page knows and must not say."""

    staff: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()


def is_named(text: str) -> bool:
    """Whether an entry's line names a detector and is no phrase."""
    return plainly(text).startswith(("pattern:", "motif :", "motif:")) or text == "emoji"


def named(text: str) -> str:
    """The detector that a line names. Raises BadPhrase."""
    told = plainly(text).partition(":")[2].strip() or text
    if told not in BY_NAME:
        raise BadPhrase(f"there is no detector “{told}”; there are {', '.join(sorted(BY_NAME))}")
    return BY_NAME[told]


def found(name: str, reading: Reading, known: Known) -> Spans:
    """Where a detector finds something, in offsets of the plain text."""
    return DETECTORS[name](reading, known)


def _addresses(reading: Reading, known: Known) -> Spans:
    text = reading.text
    if text.count(".") > 2:
        yield from (m.span() for m in FOUR.finditer(text) if _is_address(m[0]) and _is_no_part(m))
    if "::" in text or text.count(":") > 6:
        yield from (m.span() for m in SIX.finditer(text) if ":" in m[0] and _is_address(m[0]))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_no_part(found: re.Match[str]) -> bool:
    """Not a version: "version 1.2.3.4", "release 10.0.0.1"."""
    return not re.search(r"(?:version|release|v|build) $", found.string[: found.start()][-9:])


def _hosts(reading: Reading, known: Known) -> Spans:
    if not LIKE_HOST.search(reading.text):
        return iter(())
    return (m.span() for m in HOST.finditer(reading.text))


def _urls(reading: Reading, known: Known) -> Spans:
    if "://" in reading.text:
        yield from (m.span() for m in URL.finditer(reading.text))


def _secrets(reading: Reading, known: Known) -> Spans:
    return _typed(reading, SECRET) if _has(reading, SECRET_SIGNS) else iter(())


def _people(reading: Reading, known: Known) -> Spans:
    if _has(reading, PERSON_SIGNS):
        yield from _typed(reading, PERSON)
    if LIKE_INITIAL.search(reading.typed):
        yield from _typed(reading, INITIAL)
    yield from _by_first_name(reading)
    yield from _first_names(reading)
    yield from _listed(reading, known.staff)


def _by_first_name(reading: Reading) -> Spans:
    for match in FULL_NAME.finditer(reading.typed):
        before = reading.typed[max(0, match.start() - LONGEST_PLACE) : match.start()]
        behind = (AFTER_PLACE.match(reading.typed, end) for end in (match.start(2), match.end(2)))
        is_place = PLACE.search(before) or any(behind)
        if match[1].partition("-")[0].lower() in stock.first_names() and not is_place:
            yield reading.plain_span(match.start(1), match.end(2))


def _first_names(reading: Reading) -> Spans:
    if not any(word in stock.first_names() for word, _ in reading.words):
        return
    for match in FIRST_NAME.finditer(reading.typed):
        group = 1 if match[1] else 2
        if match[group].partition("-")[0].lower() in stock.first_names():
            yield reading.plain_span(*match.span(group))


def _customers(reading: Reading, known: Known) -> Spans:
    if _has(reading, CUSTOMER_SIGNS):
        yield from _typed(reading, CUSTOMER)
    yield from _listed(reading, known.customers)


def _mails(reading: Reading, known: Known) -> Spans:
    if "@" not in reading.text:
        return
    for found in ADDRESSED.finditer(reading.text):
        mailbox = found[0].partition("@")[0]
        if NAMED.match(mailbox) and not SHARED.search(mailbox):
            yield found.span()


def _emoji(reading: Reading, known: Known) -> Spans:
    yield from (m.span() for m in EMOJI.finditer(reading.text))


def _stock_in_english(reading: Reading, known: Known) -> Spans:
    return stock.spans(reading, "en")


def _stock_in_french(reading: Reading, known: Known) -> Spans:
    return stock.spans(reading, "fr")


def _listed(reading: Reading, names: Iterable[str]) -> Spans:
    for name in names:
        told = plainly(name).strip()
        if told:
            sought = re.compile(rf"(?<![^\W_]){re.escape(told)}(?![^\W_])")
            yield from (m.span() for m in sought.finditer(reading.text))


def _has(reading: Reading, signs: tuple[str, ...]) -> bool:
    return any(sign in reading.text for sign in signs)


def _typed(reading: Reading, pattern: re.Pattern[str]) -> Spans:
    """What capital letters tell: sought in the text as typed, told in offsets of the plain one."""
    for match in pattern.finditer(reading.typed):
        group = next((g for g in range(1, (pattern.groups or 0) + 1) if match[g]), 0)
        yield reading.plain_span(*match.span(group))


DETECTORS: Mapping[str, Callable[[Reading, Known], Spans]] = {
    "address": _addresses,
    "host": _hosts,
    "url": _urls,
    "secret": _secrets,
    "person": _people,
    "mail": _mails,
    "customer": _customers,
    "emoji": _emoji,
    "stock_en": _stock_in_english,
    "stock_fr": _stock_in_french,
}
BY_NAME = {
    "ipv4 or ipv6 address": "address",
    "adresse ipv4 ou ipv6": "address",
    "internal host name": "host",
    "nom d'hôte interne": "host",
    "private url": "url",
    "url privée": "url",
    "credential or token": "secret",
    "secret ou jeton": "secret",
    "personal name of staff": "person",
    "nom d'une personne du personnel": "person",
    "e-mail address of a person": "mail",
    "courriel nominatif": "mail",
    "customer name": "customer",
    "nom d'un client": "customer",
    "emoji": "emoji",
    "stock words alone": "stock_en",
    "mots passe-partout seuls": "stock_fr",
}
