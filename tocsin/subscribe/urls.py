"""The reader's addresses. A token is its own proof, so none of these asks for a cookie."""

from django.urls import path, re_path

from tocsin.subscribe import api, views

app_name = "subscribe"
TOKEN = r"(?P<token>[A-Za-z0-9_-]{1,64})"

urlpatterns = [
    path("subscribe", views.sign_up, name="sign_up"),
    path("subscribe/check-your-mail", views.check_your_mail, name="check_your_mail"),
    re_path(rf"^subscribe/confirm/{TOKEN}$", views.confirm, name="confirm"),
    re_path(rf"^subscribe/preferences/{TOKEN}$", views.preferences, name="preferences"),
    re_path(rf"^subscribe/unsubscribe/{TOKEN}$", views.unsubscribe, name="unsubscribe"),
    path("api/v2/subscribers.json", api.subscribers, name="api_subscribers"),
]
