"""The Celery application: PostgreSQL holds every intent, Redis is only the bell that wakes a worker.

Its configuration stands in settings.py under the prefix CELERY_ and is read when it is first needed, so that importing
this package asks for no environment.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "extratex.settings")

app = Celery("extratex")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
