#!/bin/sh
# Prints the path of a Chromium for the browser tests, after installing one if there is none.
set -eu
cd "$(dirname "$0")/.."

find_chromium() {
    if [ -n "${CHROMIUM:-}" ]; then
        command -v "$CHROMIUM" || { echo "CHROMIUM names no program: $CHROMIUM" >&2 && exit 1; }
        return
    fi
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return
    done
    .venv/bin/python - <<'PYTHON'
from pathlib import Path

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    path = playwright.chromium.executable_path
if not Path(path).exists():
    raise SystemExit(1)
print(path)
PYTHON
}

find_chromium && exit
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests ..." >&2
    scripts/apt_install.sh chromium fonts-liberation >&2 && find_chromium && exit
fi
.venv/bin/python -m playwright install chromium </dev/null >&2 && find_chromium && exit
echo "Chromium is missing and could not be installed: install it, or name it in the variable CHROMIUM." >&2
exit 1
