"""Django's settings, read from the installation's own (see installation.py)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from tocsin.catalogue import languages
from tocsin.settings import discretion
from tocsin.settings.installation import installation, keep_private

TOCSIN = installation()
if TOCSIN.fenced:
    from tocsin.rehearse.drills import fence  # it brings a loop along that no other door needs

    fence.put_up()
    if TOCSIN.fenced_ports:
        fence.draw_closer(TOCSIN.fenced_ports)

SECRET_KEY = TOCSIN.secret_key
DEBUG = False
# The front alone faces the world and sets Host; a page answers on its own domains and on others.
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tocsin.settings.urls"
WSGI_APPLICATION = "tocsin.settings.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "tocsin.people.apps.AllauthAccount",
    "tocsin.people.apps.AllauthFactors",
    "tocsin.journal",
    "tocsin.people.apps.PeopleConfig",
    "tocsin.catalogue",
    "tocsin.post",
    "tocsin.watch",
    "tocsin.incidents",
    "tocsin.statements",
    "tocsin.page",
    "tocsin.announcements",
    "tocsin.followup",
    "tocsin.scorecard",
    "tocsin.console",
    "tocsin.api",
    "tocsin.subscribe",
]

MIDDLEWARE = [
    "tocsin.api.straight.Straight",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tocsin.settings.watermark.told",
            ],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": dict(dj_database_url.parse(TOCSIN.database_url, conn_max_age=60))
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    keep_private(str(DATABASES["default"]["NAME"]))
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Operator"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
MFA_ADAPTER = "tocsin.people.adapting.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off, before or after
LOGIN_URL = "/console/sign-in"
LOGIN_REDIRECT_URL = "/console/"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
# Per account *and* address, so that a stranger's guesses cannot lock an operator out mid-incident.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "tocsin.console.views.signing_in.address_of"
AXES_ENABLE_ADMIN = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "tocsin.console.views.signing_in.locked_out"
AXES_VERBOSE = False

IS_HTTPS = urlsplit(TOCSIN.base_url).scheme == "https"
SESSION_COOKIE_NAME = "tocsin_session"
CSRF_COOKIE_NAME = "tocsin_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tocsin.console.views.signing_in.csrf_failed"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
# The front forwards the scheme that the reader used; it strips what came in from outside.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the composer has one for each component

USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [(language.code, language.name) for language in languages.every().values()]
LANGUAGE_COOKIE_NAME = "tocsin_language"

STATIC_URL = "/console/static/"
STATIC_ROOT = TOCSIN.data_dir / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

BASE_DIR = Path(__file__).resolve().parent.parent
# Operators are spoken to in the languages that the console is translated into.
CONSOLE_LANGUAGES = [
    (code, name)
    for code, name in LANGUAGES
    if code == LANGUAGE_CODE or (BASE_DIR / "console" / "locale" / code).is_dir()
]
LOGGING_CONFIG = None
discretion.keep()
