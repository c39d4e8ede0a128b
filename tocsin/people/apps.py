from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "tocsin.people"
    default_auto_field = "django.db.models.BigAutoField"


# Of allauth we use the factors, as a library; neither its screens nor its ways in. Its own
# configurations would read all of those at each start, and ask for a middleware in each request.
class AllauthAccount(AppConfig):
    name = "allauth.account"
    default_auto_field = "django.db.models.AutoField"


class AllauthFactors(AppConfig):
    name = "allauth.mfa"
    default_auto_field = "django.db.models.BigAutoField"
