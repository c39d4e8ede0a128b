"""Waking the worker's lanes: they look for what is pending when the bell rings."""

from django.db import connection


def ring() -> None:
    """Let the lanes look once this transaction is committed; SQLite tells them by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # heard at commit (LISTEN)
            cursor.execute("SELECT pg_notify('tocsin', '')")
