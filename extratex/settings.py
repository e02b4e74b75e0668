"""Every setting of the portal, each from the environment; a bad or unsafe value stops the start with one clear line.

docs/operations.md explains each variable. Nothing else in the project reads the environment.
"""

from pathlib import Path

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from environs import Env

env = Env()

# Lets `ModelForm[Organisation]` name its model also while the program runs.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

# What kind of installation this is ---------------------------------------------------------------------------------

DEBUG: bool = env.bool("DEBUG", default=False)
DEMONSTRATION: bool = env.bool("DEMONSTRATION", default=False)
TESTING: bool = env.bool("TESTING", default=False)
PRODUCTION: bool = not (DEBUG or DEMONSTRATION or TESTING)

VAR: Path = env.path("VAR", default=BASE_DIR / "var")

# Secrets -----------------------------------------------------------------------------------------------------------

SECRET_KEY: str = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_KEYS: list[str] = env.list("FIELD_KEYS", default=[])
SHORTEST_SECRET = 50

if len(SECRET_KEY) < SHORTEST_SECRET:
    raise ImproperlyConfigured(f"SECRET_KEY is missing or shorter than {SHORTEST_SECRET} characters.")
if not FIELD_KEYS:
    raise ImproperlyConfigured("FIELD_KEYS is missing: give at least one Fernet key; the first one encrypts.")

# Addresses ---------------------------------------------------------------------------------------------------------

ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_ADDRESS: str = env.str("SITE_ADDRESS", default="http://localhost:8000").rstrip("/")
ADMIN_PATH: str = env.str("ADMIN_PATH", default="admin").strip("/")
TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0)

if PRODUCTION:
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the portal's host names in production, without '*'.")
    if not SITE_ADDRESS.startswith("https://"):
        raise ImproperlyConfigured("SITE_ADDRESS must start with https:// in production.")

# Applications ------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "exchanges",
    "matchmaking",
    "clusters",
    "extratex.documents",
    "extratex.notices",
    "extratex.publishing",
    "extratex.shared",
    *(["extratex.demonstration"] if DEMONSTRATION else []),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_countries",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "extratex.shared.errors.DatabaseDownMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "extratex.shared.htmx.FragmentMiddleware",
    "extratex.shared.errors.ConflictMiddleware",
    "extratex.shared.privacy.NoStoreMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "extratex.urls"
WSGI_APPLICATION = "extratex.wsgi.application"
ASGI_APPLICATION = "extratex.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clusters.context.programme",
            ],
        },
    },
]
MESSAGE_STORAGE = "extratex.shared.sentences.Messages"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Database: PostgreSQL only -----------------------------------------------------------------------------------------

DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must be a PostgreSQL address: postgres://user:password@host:port/name.")
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})
if not TESTING:
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL", default=8),
        "timeout": 5,
    }
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
if TESTING and env.bool("TEST_DATABASE_IS_MIGRATED", default=False):
    # `make test` migrates once; the database of each process that tests is then a copy.
    DATABASES["default"]["TEST"] = {"TEMPLATE": DATABASES["default"]["NAME"], "MIGRATE": False}

# Redis and the background work -------------------------------------------------------------------------------------

REDIS_URL: str = env.str("REDIS_URL")
TASK_HARD_LIMIT_SECONDS: int = env.int("TASK_HARD_LIMIT_SECONDS", default=300)
SWEEP_SECONDS: float = env.float("SWEEP_SECONDS", default=30.0)
MATCHING_HOUR: int = env.int("MATCHING_HOUR", default=2)
PLANS_AT_ONCE: int = env.int("PLANS_AT_ONCE", default=1)

# Late acknowledgement, one task a child at a time, and a visibility time-out above twice the hard limit; what is lost
# all the same is found again by the sweeps: PostgreSQL holds the intent, Redis is only the bell.
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * TASK_HARD_LIMIT_SECONDS + 60,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "retry_policy": {"timeout": 2.0},
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = TASK_HARD_LIMIT_SECONDS
CELERY_TASK_SOFT_TIME_LIMIT = TASK_HARD_LIMIT_SECONDS - 30
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "notices.sweep": {"task": "notices.sweep", "schedule": SWEEP_SECONDS},
    "clusters.sweep": {"task": "clusters.sweep", "schedule": SWEEP_SECONDS},
    "documents.sweep": {"task": "documents.sweep", "schedule": SWEEP_SECONDS},
    "matchmaking.sweep": {"task": "matchmaking.sweep", "schedule": SWEEP_SECONDS},
    "exchanges.sweep": {"task": "exchanges.sweep", "schedule": SWEEP_SECONDS},
}

# Rate limits and sign-in lockouts must outlive Redis, so the cache lies in PostgreSQL.
# Pages that are drawn already need not be: each process keeps its own, under the mark of what is published.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"},
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# People and sign-in ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "clusters.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "extratex.notices.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "clusters.forms.accounts.SignupForm",
    "login": "clusters.forms.accounts.LoginForm",
    "add_email": "clusters.forms.accounts.AddressForm",
    "change_password": "clusters.forms.accounts.PasswordForm",
    "reset_password": "clusters.forms.accounts.ForgottenForm",
    "reset_password_from_key": "clusters.forms.accounts.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_ADDRESS.startswith("https://") else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
USERSESSIONS_TRACK_ACTIVITY = True

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "ClusterXchange"

# Mail --------------------------------------------------------------------------------------------------------------

MAIL_FOLDER: Path | None = env.path("MAIL_FOLDER", default=None)
MAILERS: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(MAIL_FOLDER)},
    }
    if MAIL_FOLDER
    else {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.str("EMAIL_HOST", default="localhost"),
            "port": env.int("EMAIL_PORT", default=25),
            "username": env.str("EMAIL_HOST_USER", default=""),
            "password": env.str("EMAIL_HOST_PASSWORD", default=""),
            "use_tls": env.bool("EMAIL_USE_TLS", default=False),
            "timeout": env.int("EMAIL_TIMEOUT", default=20),
        },
    }
}
# Minutes between one try and the next; the last pause repeats, so that mail flows within a quarter of an hour after
# the mail server is back. With it, 200 tries take two days; then the notice is given up and shown to staff.
NOTICE_PAUSES_MINUTES = (1, 2, 5, 10, 15)
NOTICE_TRIES: int = env.int("NOTICE_TRIES", default=200)
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="ClusterXchange <portal@clusterxchange.invalid>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# VIES: is a VAT number in use? -------------------------------------------------------------------------------------

VIES_URL: str = env.str("VIES_URL", default="")
VIES_TRIES: int = env.int("VIES_TRIES", default=12)
# Minutes between one try and the next; the last pause repeats.
VIES_PAUSES_MINUTES = (2, 10, 60, 360, 1440)
if VIES_URL and not VIES_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("VIES_URL must be an address that starts with https:// (or http:// for a test).")

# Maps: the outlines of the countries, from package-lock.json like the fonts
ATLAS: Path = BASE_DIR / "node_modules/world-atlas/countries-50m.json"

# Files -------------------------------------------------------------------------------------------------------------

DOCUMENTS_ROOT: Path = env.path("DOCUMENTS_ROOT", default=VAR / "documents")
CLAMD_ADDRESS: str = env.str("CLAMD_ADDRESS", default="")
STATIC_URL = "static/"
STATIC_ROOT: Path = env.path("STATIC_ROOT", default=VAR / "static")
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (name, folder)
        for name, folder in (
            ("vendor/bootstrap", BASE_DIR / "node_modules/bootstrap/dist"),
            ("vendor/fonts", BASE_DIR / "node_modules/@fontsource-variable/source-sans-3/files"),
        )
        if folder.is_dir()
    ),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DOCUMENTS_ROOT}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Security ----------------------------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "extratex.shared.errors.csrf_failed"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

# Languages and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "extratex/locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Brussels")
FORMAT_MODULE_PATH = "extratex.formats"
COUNTRIES_OVERRIDE = {"XK": _("Kosovo")}

# The demonstration -------------------------------------------------------------------------------------------------

DEMONSTRATION_CLOCK: Path | None = env.path("DEMONSTRATION_CLOCK", default=None) if DEMONSTRATION else None

# Logs --------------------------------------------------------------------------------------------------------------

LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "extratex.shared.logs.Formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
