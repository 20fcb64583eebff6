# SPDX-License-Identifier: Apache-2.0
"""Django's settings, all from `host.config`."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from callbox.host.config import load
from callbox.host.releases import session_name
from callbox.rooms import ROOMS

CONFIG = load()
BASE = Path(__file__).resolve().parent

SECRET_KEY = hashlib.sha256(b"django" + CONFIG.secret).hexdigest()
DEBUG = False
ALLOWED_HOSTS = [
    "*"
]  # the door in front of us is the only one who reaches this process, and it checks the host
ROOT_URLCONF = "callbox.urls"
WSGI_APPLICATION = "callbox.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "callbox.web.flashes.Flashes",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "ninja",
    # None of its pages is reachable: what we use of it stands in access/factors.py, passkeys.py and directory.py.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *(f"callbox.{room}" for room in ROOMS if find_spec(f"callbox.{room}")),
]

MIDDLEWARE = [
    "callbox.web.request_ids.RequestIds",
    "callbox.web.security.SecurityHeaders",
    "callbox.web.errors.ErrorPages",
    "callbox.access.middleware.AtTheGate",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "callbox.access.middleware.WithActor",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "callbox.web.context.page",
            ],
        },
    }
]

PREPARED_AFTER = 3  # times that a connection asked the same
# A network that is cut says nothing: without these a thread would wait for its answer for hours.
GONE = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}


def _database(url: str | None) -> dict[str, object]:
    parts = conninfo_to_dict(url or "postgresql:///callbox")
    known = {
        "NAME": parts.pop("dbname", "callbox"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
    }
    return {
        "ENGINE": "callbox.access.postgres",
        **known,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": session_name(),
            # The server keeps the plan of what is asked again and again, the rules of row-level security included.
            "server_side_binding": True,
            "prepare_threshold": PREPARED_AFTER,
            **GONE,
            **parts,
            "connect_timeout": 5,
        },
    }


DATABASES = {"default": _database(CONFIG.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.Person"
AUTHENTICATION_BACKENDS = ["callbox.access.backend.Grants"]
LOGIN_URL = "/sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of people who had a password before argon2 was first
]
# A browser takes a name that begins with __Host- only over https, for the whole host, and from that host alone.
_HOST_ONLY = "__Host-" if CONFIG.https else ""
SESSION_ENGINE = "callbox.access.sessions"
SESSION_COOKIE_NAME = f"{_HOST_ONLY}callbox_session"
SESSION_COOKIE_AGE = 24 * 3600  # access/data/sessions.tsv ends a sign-in long before
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIG.https
CSRF_COOKIE_NAME = f"{_HOST_ONLY}callbox_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = CONFIG.https
CSRF_COOKIE_HTTPONLY = True  # our scripts read the token from the page
USE_X_FORWARDED_HOST = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

ACCOUNT_ADAPTER = "callbox.access.closed.NoAccounts"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # no address of anybody is kept
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
SOCIALACCOUNT_ADAPTER = "callbox.access.closed.NoSocialAccounts"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
MFA_ADAPTER = "callbox.access.closed.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODE_DIGITS = 12
MFA_RECOVERY_CODES_SHOW_ONCE = True

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
LANGUAGE_COOKIE_NAME = "callbox_language"  # the door reads it too; it says nothing of anybody
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = CONFIG.https

STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = (
    8_400_000  # as much as the door passes on: no picture ever lies in a file of its own
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"untold": {"()": "callbox.host.logs.Untold"}},
    "formatters": {"line": {"()": "callbox.host.logs.formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["untold"]},
        "_granian": {
            "handlers": ["stderr"],
            "level": "WARNING",
            "propagate": False,
        },  # it has handlers of its own
    },
}
