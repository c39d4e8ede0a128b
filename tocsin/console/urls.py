from django.urls import path, re_path

from tocsin.console.views import (
    components,
    composer,
    declaring,
    deliveries,
    desk,
    incident,
    pages,
    people,
    signing_in,
    subscribers,
)

app_name = "console"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("sign-in", signing_in.sign_in, name="sign_in"),
    path("sign-out", signing_in.sign_out, name="sign_out"),
    path("join/<str:token>", signing_in.join, name="join"),
    path("new-link", signing_in.new_link, name="new_link"),
    path("language", signing_in.language, name="language"),
    path("declare", declaring.declare, name="declare"),
    path("incidents/<str:incident_id>", incident.incident, name="incident"),
    path("incidents/<str:incident_id>/moment", incident.moment, name="moment"),
    path("incidents/<str:incident_id>/fact", incident.fact, name="fact"),
    path("incidents/<str:incident_id>/say", composer.say, name="say"),
    path("publications/<str:publication_id>/deliveries", deliveries.deliveries, name="deliveries"),
    path("announcements/<str:publication_id>/release", deliveries.release, name="release"),
    path("announcements/<str:publication_id>/drop", deliveries.drop, name="drop"),
    path("components", components.components, name="components"),
    path("components/<str:component_id>", components.component, name="component"),
    path("components/<str:component_id>/state", components.state, name="component_state"),
    path("components/<str:component_id>/retire", components.retire, name="component_retire"),
    path("subscribers", subscribers.subscribers, name="subscribers"),
    path("subscribers/add", subscribers.add, name="subscriber_add"),
    path("subscribers/import", subscribers.take_in, name="subscribers_import"),
    path("subscribers/<str:subscription_id>/remove", subscribers.remove, name="subscriber_remove"),
    path("people", people.people, name="people"),
    path("people/<str:operator_id>/revoke", people.revoke, name="revoke"),
    path("people/<str:operator_id>/link", people.link, name="person_link"),
    path("journal", people.journal, name="journal"),
    path("page", pages.page, name="page"),
    re_path(r"^.*$", desk.nowhere, name="nowhere"),
]
