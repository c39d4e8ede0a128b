"""Whatever no other address is: a file of a page that only some may read, after the check."""

from django.urls import re_path

from tocsin.subscribe import closed

urlpatterns = [
    re_path(r"^for/(?P<circle>[A-Za-z0-9_-]{1,60})/(?P<path>.*)$", closed.read),
    re_path(r"^(?P<path>.*)$", closed.read),
]
