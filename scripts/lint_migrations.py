"""Refuses a migration that an older release, still running beside it, could not live with.

The first migration of an app is left out: nothing runs yet on the tables that it makes. So are those that were written
before the first release, since no older one can run beside them.
"""

import os
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "extratex.settings")

import django  # noqa: E402 - after the path
from django_migration_linter import MigrationLinter  # noqa: E402 - after the path

BEFORE_THE_FIRST_RELEASE = [
    "0010_what_a_row_is_recognised_by",
    "0002_runs_in_shards",
    "0006_proposed_days_and_messages",
    "0011_changes_beside_a_whole_run",
]

django.setup()
linter = MigrationLinter(
    str(BASE),
    include_apps=["clusters", "documents", "exchanges", "matchmaking", "notices", "publishing"],
    ignore_initial_migrations=True,
    ignore_name=BEFORE_THE_FIRST_RELEASE,
    no_cache=True,
    quiet=["ok", "ignore"],
)
linter.lint_all_migrations()
sys.exit(1 if linter.has_errors else 0)
