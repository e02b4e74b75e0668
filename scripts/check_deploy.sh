#!/bin/sh
# Runs Django's own checks of a deployment with settings such as production has.
set -eu
cd "$(dirname "$0")/.."

unset TESTING DEMONSTRATION DEBUG
export ALLOWED_HOSTS=portal.example SITE_ADDRESS=https://portal.example TRUSTED_PROXY_COUNT=1
exec .venv/bin/python manage.py check --deploy --fail-level WARNING
