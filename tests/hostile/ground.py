"""What every door is tried on: Linden's page, and a claim that nothing was written."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps

# Django's own, which a door may touch when somebody merely looks at it, and attempts that are
# counted so that they can be throttled.
NOT_OURS = {
    "announcements_signup",
    "axes_accessattempt",
    "axes_accessfailurelog",
    "axes_accesslog",
    "django_session",
}

NUL, LONE_SURROGATE = "a\x00b", "a\ud800b"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>[go](javascript:alert(1))"


def row_counts() -> dict[str, int]:
    """{table: rows} of everything that is ours."""
    tables = {model._meta.db_table: model for model in apps.get_models()}
    return {
        table: model._default_manager.count()
        for table, model in tables.items()
        if table not in NOT_OURS
    }


@contextmanager
def nothing_written() -> Iterator[None]:
    """Claim that what happens within leaves every table as it was."""
    before = row_counts()
    yield
    after = row_counts()
    written = {table: rows for table, rows in after.items() if before[table] != rows}
    assert not written, f"written: {written}"


def is_sentence(text: str) -> bool:
    """Whether a person was told something, and no traceback."""
    told = text.strip()
    return "Traceback" not in told and len(told.split()) > 2
