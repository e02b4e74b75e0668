#!/bin/sh
# Remakes every lock from pyproject.toml and package.json: hashes, but no address of any registry.
set -eu
cd "$(dirname "$0")/.."

uv=$(command -v uv || echo .tools/uv/bin/uv)
compile() {
    "$uv" pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
        --no-annotate --no-header "$@"
}

compile pyproject.toml --output-file requirements.lock
compile --group embedded pyproject.toml --output-file requirements-embedded.lock
compile --group dev pyproject.toml --output-file requirements-dev.lock
compile --group pyproject.toml:bootstrap --output-file requirements-uv.lock
.venv/bin/npm install --package-lock-only
