"""The one mail that carries what the hourly cap withheld."""

from collections.abc import Sequence
from html import escape

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.announcements import message
from tocsin.catalogue.shelf import Brand
from tocsin.channels.email import layout
from tocsin.channels.email.mime import build
from tocsin.channels.sheet import Block, Link, Sheet
from tocsin.channels.stencil import Holes, Stencil
from tocsin.statements.published import Kind, Publication


def digest(
    told: Sequence[Publication],
    page: Brand,
    *,
    language: str,
    mail_from: str,
    follows_one: bool = False,
) -> Stencil:
    """One mail about several publications, the newest first."""
    newest_first = sorted(once(told), key=lambda said: said.number, reverse=True)
    newest, gaps = newest_first[0], message.holes()
    with translation.override(language):
        sheet = sheet_of(newest_first, page, language, gaps, follows_one=follows_one)
        subject = _subject(len(newest_first), page)
    headers = message.headers_of(
        page,
        gaps,
        subject=subject,
        mail_from=mail_from,
        own=f"{newest.id}.digest",
        thread=message.about(newest),
        kind="digest",
    )
    return build(
        headers=headers,
        text=layout.as_text(sheet),
        html=layout.as_html(sheet),
        holes=gaps,
        language=language,
        date=newest.published_at,
    )


def once(told: Sequence[Publication]) -> list[Publication]:
    """Without the words that stand there translated too: nobody needs them twice."""
    translated = {said.translates for said in told if said.kind == Kind.TRANSLATION}
    return [said for said in told if said.number not in translated]


def _subject(count: int, page: Brand) -> str:
    return ngettext(
        "%(page)s: %(count)d update in one mail", "%(page)s: %(count)d updates in one mail", count
    ) % {"page": page.name, "count": count}


def sheet_of(
    newest_first: Sequence[Publication],
    page: Brand,
    language: str,
    gaps: Holes,
    *,
    follows_one: bool = False,
) -> Sheet:
    """The words of a digest, in the language in force."""
    gathered = _("So many updates came within an hour that we gathered them here.")
    return Sheet(
        language=language,
        sender=page.name,
        eyebrow=_("Several updates, newest first"),
        headline=_("What changed since we last wrote"),
        preview=_headline(newest_first[0], page, language)[1],
        blocks=[_block(said, page, language) for said in newest_first],
        action=Link(_("See the page"), message.page_url(page, language)),
        why=f"{gathered} {message.why(page, follows_one=follows_one)}",
        links=message.leaving(page, gaps),
    )


def _headline(said: Publication, page: Brand, language: str) -> tuple[str, str, str]:
    """(language, headline, body)."""
    if said.words is None:
        return language, message.subject_of(said, page, language), ""
    spoken, layer = said.layer(language)
    return spoken, layer.headline, layer.body


def _block(said: Publication, page: Brand, language: str) -> Block:
    spoken, headline, body = _headline(said, page, language)
    phase = message.kind_of(said.words) if said.words else ""
    when = message.clock(said.published_at, page, language, now=said.published_at)
    mark = " · ".join(part for part in (phase, when) if part)
    html = (
        f'<p class="soft" style="margin:1.5rem 0 0;color:#66625a">{escape(mark)}</p>'
        f"<p><strong>{escape(headline)}</strong></p>"
    )
    words = message.block_of(body)
    return Block(
        f"{mark}\n{headline}\n\n{words.text}".strip(),
        html + words.html,
        spoken if spoken != language else "",
    )
