"""Django settings. core.environment reads what an operator may set."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from abhiyan.core import database, environment, home, languages
from abhiyan.core.keys import keyring

BASE = Path(__file__).resolve().parent.parent
ROOMS = (
    "core",
    "imports",
    "ui",
    "units",
    "people",
    "org",
    "polls",
    "messaging",
    "forms",
    "opinions",
    "elections",
    "programmes",
    "targets",
    "work",
    "helpdesk",
    "contact",
    "enrolment",
    "intake",
    "doorstep",
    "paper",
    "incidents",
    "friends",
    "stays",
    "dialogues",
    "meetings",
    "verification",
    "review",
    "pages",
    "server",
    "sample",
    "site",
)

SECRET_KEY = keyring().derive("django").hex()
DEBUG = False
DEMO = keyring().demo
ORIGIN = environment.ORIGIN()
SMS_ORIGIN = environment.SHORT_ADDRESS() or ORIGIN  # of the links in SMS: a short one leads to the origin
ALLOWED_HOSTS = [
    *environment.HOSTS(),
    *(urlsplit(origin).hostname or "localhost" for origin in (ORIGIN, SMS_ORIGIN)),
]
CSRF_TRUSTED_ORIGINS = [ORIGIN]
SECURE = ORIGIN.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *(f"abhiyan.{room}" for room in ROOMS),
]
MIDDLEWARE: list[str] = [
    "abhiyan.server.middleware.headers",
    "abhiyan.server.middleware.host",
    "abhiyan.server.middleware.short_address",
    "abhiyan.server.middleware.question",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "abhiyan.org.middleware.viewer",
    "abhiyan.server.middleware.answer_in_language",
    "abhiyan.server.middleware.size",
    "django.middleware.csrf.CsrfViewMiddleware",
    "abhiyan.server.middleware.access",
    "abhiyan.server.middleware.stopped_files",
    "abhiyan.org.middleware.once",
    "abhiyan.org.middleware.names_reason",
    "abhiyan.server.middleware.refusals",
]
UNSCOPED_PATHS = ("/healthz", "/metrics", "/static/")  # they answer while the database does not
TREES_MOVED = (
    "abhiyan.server.middleware.begin_again"  # the answer when units moved while a request was at work
)
ROOT_URLCONF = "abhiyan.site.urls"
ASGI_APPLICATION = "abhiyan.server.asgi.application"
WSGI_APPLICATION = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "abhiyan.pages.context.page_context",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "abhiyan.ui.templatetags.look",
                "abhiyan.ui.templatetags.pictures",
                "abhiyan.ui.templatetags.bearers",
                "abhiyan.ui.templatetags.kit",
            ],
        },
    }
]
TEST_DATABASE = os.environ.get("ABHIYAN_TEST_DATABASE", f"test_{database.database_name()}")
DATABASES = {"default": database.django_settings(database.current_role()) | {"TEST": {"NAME": TEST_DATABASE}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MESSAGE_STORAGE = "abhiyan.ui.acts.SpokenStorage"

LANGUAGE_CODE = "hi"
LANGUAGES = [("hi", _("Hindi")), ("en", _("English"))]
# Pages for the public may be read in more, each one file (core.languages).
LANGUAGES_BIDI = ["ur", *languages.mirrored()]
LOCALE_PATHS = [languages.languages_folder()]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Kolkata"

STATIC_URL = "/static/"
STATIC_ROOT = home.home_folder() / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "abhiyan.ui.assets.Storage"},
}
MEDIA_ROOT = home.uploads_folder()
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# Above every BODY_LIMIT: a file that is at work is in memory. A file that waits for its turn is not (core.spools).
FILE_UPLOAD_MAX_MEMORY_SIZE = 22 * 1024 * 1024
# The most a whole request may carry, files included, by longest fitting prefix of the path (server.asgi).
BODY_LIMIT = 3 * 1024 * 1024
# An uploaded list may hold what must never touch a disk in clear: its worker has it in memory.
BODY_LIMITS = {
    "/field/due/": 16 * 1024 * 1024,  # the same as of /programmes/asked/
    "/imports/": 9 * 1024 * 1024,
    "/paper/": 16 * 1024 * 1024,  # photographs of sheets, several at once
    "/programmes/asked/": 16 * 1024 * 1024,  # a report with its photographs
    "/programmes/materials/": 21 * 1024 * 1024,  # one file of at most 20 MB
    "/review/slides/template/": 21 * 1024 * 1024,  # the same
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_SECURE = SECURE
PHONE_COOKIE_NAME = "__Host-phone" if SECURE else "phone"  # a phone's own session, read below /field/ alone
KNOWN_COOKIE_NAME = "__Host-known" if SECURE else "known"  # browsers that proved a phone before
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.BEHIND_PROXY() else None
X_FRAME_OPTIONS = "DENY"

ORGANISATION = environment.ORGANISATION()
ORGANISATION_NAMES = environment.ORGANISATION_NAMES()  # in messages, by language
GRIEVANCE = environment.GRIEVANCE()
ACCENT = environment.ACCENT()
FORM_RENDERER = "abhiyan.ui.forms.FormRenderer"
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "abhiyan.core.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": environment.LOG_LEVEL()},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.db.backends": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},  # a line for each message
        "httpcore": {"level": "WARNING"},
    },
}
