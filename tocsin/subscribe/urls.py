"""The reader's addresses. A token is its own proof, so those that hold one ask for no cookie."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import path, re_path

from tocsin.subscribe import api, door, views

app_name = "subscribe"
TOKEN = r"(?P<token>[A-Za-z0-9_-]{1,64})"

# Each page has these, and each closed circle of a page has them below its own address.
OWN: list[tuple[str, Callable[..., HttpResponse], str]] = [
    ("subscribe", views.sign_up, "sign_up"),
    ("subscribe/check-your-mail", views.check_your_mail, "check_your_mail"),
    ("api/v2/subscribers.json", api.subscribers, "api_subscribers"),
    ("api/v2/subscribers/<slug:token>.json", api.subscribers, "api_subscriber"),
    ("enter", door.enter, "enter"),
    ("enter/sent", door.sent, "sent"),
    ("enter/<str:token>", door.come_in, "come_in"),
    ("leave", door.leave, "leave"),
    ("reader", door.reader, "reader"),
]

urlpatterns = [
    re_path(rf"^subscribe/confirm/{TOKEN}$", views.confirm, name="confirm"),
    re_path(rf"^subscribe/preferences/{TOKEN}$", views.preferences, name="preferences"),
    re_path(rf"^subscribe/unsubscribe/{TOKEN}$", views.unsubscribe, name="unsubscribe"),
    *(path(route, view, name=name) for route, view, name in OWN),
    *(path(f"for/<slug:circle>/{route}", view) for route, view, _name in OWN),
]
