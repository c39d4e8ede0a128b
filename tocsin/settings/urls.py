"""Every dynamic address; the compiled ones never reach Django."""

from django.urls import include, path

urlpatterns = [
    path("console/", include("tocsin.console.urls")),
    path("", include("tocsin.subscribe.urls")),
    path("", include("tocsin.api.urls")),
    path("", include("tocsin.subscribe.closed_urls")),  # last: it takes whatever is left
]

handler400 = "tocsin.settings.refusing.unreadable"
handler500 = "tocsin.settings.refusing.broken"
