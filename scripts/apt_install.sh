#!/bin/sh
# Installs Debian packages without asking anything; for root only, called by the other scripts.
set -eu
export DEBIAN_FRONTEND=noninteractive
{
    apt-get update -q
    apt-get install -q -y --no-install-recommends "$@"
} </dev/null >&2
