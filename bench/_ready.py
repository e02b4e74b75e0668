"""Makes Django ready for a benchmark that needs the models; imported before them."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "extratex.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
django.setup()
