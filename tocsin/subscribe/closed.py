"""The compiled files of what only some may read, handed out one by one after the check."""

import hashlib
import json
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tocsin.catalogue.shelf import Brand
from tocsin.channels import watermark
from tocsin.front.headers import headers_of, html_headers
from tocsin.front.paths import candidates, files_of, is_safe, is_served
from tocsin.page import disk, site
from tocsin.subscribe import gate
from tocsin.subscribe.visit import Visit, kept_private, visit_of

MISSING, NOTES = "404.html", "headers.json"
FOR_OTHER_ORIGINS = ("access-control-", "cross-origin-resource-policy", "cache-control")


@csrf_exempt
def read(request: HttpRequest, path: str, circle: str = "") -> HttpResponse:
    """A file of a closed page. A public page's are the front's: what comes here is nowhere."""
    visit = visit_of(request, circle=circle)
    if visit.view is not None and visit.view.is_public:
        return _nowhere(visit, visit.view)
    entry = gate.entry(visit)
    if entry is None:
        return gate.shut(visit)
    if request.method not in ("GET", "HEAD"):
        return kept_private(HttpResponse(status=405, headers={"Allow": "GET, HEAD"}))
    return _answered(visit, site.directory_of(entry.view), f"/{path}")


def _nowhere(visit: Visit, page: Brand) -> HttpResponse:
    """A public page's own words for an address without anything, in the reader's language."""
    directory = site.directory_of(page)
    live = disk.pointed_at(directory)
    if live is None or "text/html" not in visit.request.headers.get("Accept", ""):
        raise Http404
    return _missing(visit, disk.release_dir(directory, live), visit.language)


def _answered(visit: Visit, directory: Path, path: str) -> HttpResponse:
    live = disk.pointed_at(directory)
    if live is None:
        with translation.override(visit.language):
            words = _("This page is being made. Look again in a moment.")
        marked = watermark.before(words)
        return kept_private(HttpResponse(marked, status=503, content_type="text/plain"))
    release = disk.release_dir(directory, live)
    asked, accept = visit.request.META.get("QUERY_STRING", ""), visit.request.headers.get("Accept")
    folders = [release, directory / disk.ARCHIVE]
    answers = (_found(folders, one) for one in candidates(path, asked, accept or ""))
    found = next(filter(None, answers), None)
    if found is not None:
        return _file(visit.request, release, *found)
    return _missing(visit, release, path[1:].split("/", 1)[0])


def _missing(visit: Visit, release: Path, language: str) -> HttpResponse:
    own = _found([release], f"/{language}/{MISSING}") or _found([release], f"/{MISSING}")
    if own is None:
        raise Http404
    return _file(visit.request, release, *own, status=404)


def _found(folders: list[Path], path: str) -> tuple[str, bytes] | None:
    """(relative file, bytes) of what answers a path: the head first, then the archive."""
    if not is_safe(path):
        return None
    for folder in folders:
        for name in files_of(path):
            content = _bytes(folder, name) if is_served(name) else None
            if content is not None:
                return name, content
    return None


def _bytes(folder: Path, name: str) -> bytes | None:
    try:
        # A link may lead anywhere; what lies outside the folder is not ours to show.
        file = (folder / name).resolve(strict=True)
        return file.read_bytes() if file.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError):
        return None


def _file(
    request: HttpRequest, release: Path, name: str, content: bytes, *, status: int = 200
) -> HttpResponse:
    response = HttpResponse(content, status=status)
    for header, value in headers_of(f"/{name}", _notes(release)):
        if not header.startswith(FOR_OTHER_ORIGINS):
            response[header] = value
    etag = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    response["ETag"] = etag
    kept_private(response)
    if status != 200:
        return response
    unchanged = get_conditional_response(request, etag=etag, response=response)
    return kept_private(unchanged) if unchanged is not None else response


def _notes(release: Path) -> dict[str, str]:
    try:
        return html_headers(json.loads((release / NOTES).read_bytes()))
    except (OSError, ValueError):
        return {}
