#!/bin/sh
# Installs .venv and node_modules exactly as the locks say; does nothing when they are so already.
#
#   scripts/install.sh embedded    what `make run` needs
#   scripts/install.sh dev         that and what `make test` needs
#
# Needs a Python (from 3.12 on it is used itself; any older one, if it has pip or venv, fetches uv, which fetches
# Python) or uv. A copy of the lock is put beside what was installed when all of it is there, so that a half-finished
# installation is finished the next time.
set -eu
cd "$(dirname "$0")/.."

wanted=$1
stamp=.venv/installed.lock
node_stamp=node_modules/installed.lock

fail() {
    echo "$*" >&2
    exit 1
}

venv_runs() {
    .venv/bin/python -c "import sys; sys.exit(sys.version_info < (3, 12))" 2>/dev/null
}

is_installed() {
    venv_runs || return 1
    cmp -s requirements-dev.lock $stamp && return 0
    [ "$wanted" = embedded ] && cmp -s requirements-embedded.lock $stamp
}

# The first Python that runs and is of the version asked for, as two numbers: at least, and below.
find_python() {
    for name in python3.13 python3.12 python3.14 python3 python3.11 python3.10 python3.9 python; do
        "$name" -c "import sys; sys.exit(not ($1 <= sys.version_info < $2))" </dev/null 2>/dev/null || continue
        "$name" -c "import sys; print(sys.executable)"
        return
    done
}

find_uv() {
    if command -v uv >/dev/null 2>&1; then
        command -v uv
        return
    fi
    if ! .tools/uv/bin/uv --version >/dev/null 2>&1; then
        python=$(find_python "(3, 8)" "(4,)")
        [ -n "$python" ] || fail "Install Python 3.12 or later, or uv: neither was found."
        rm -rf .tools/uv
        install="-m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-uv.lock"
        if "$python" -m venv .tools/uv >/dev/null 2>&1; then
            .tools/uv/bin/python $install >&2
        elif "$python" -m pip --version >/dev/null 2>&1; then
            rm -rf .tools/uv
            "$python" $install --target .tools/uv >&2
        else
            fail "$python has neither venv nor pip: install them (on Debian: apt-get install python3-venv), or uv."
        fi
    fi
    echo "$PWD/.tools/uv/bin/uv"
}

install_python_packages() {
    uv=$(find_uv) || exit 1
    if [ ! -e $stamp ] || ! venv_runs; then # what was half installed cannot be trusted
        python=$(find_python "(3, 12)" "(3, 15)")
        "$uv" venv --quiet --no-project --clear --relocatable --python "${python:-$(cat .python-version)}" .venv ||
            fail "No Python 3.12 to 3.14 was found, and uv could not fetch one: install Python 3.12 or later."
    fi
    echo "Installing the Python packages of requirements-$wanted.lock ..."
    rm -f $stamp
    "$uv" pip sync --quiet --require-hashes --python .venv/bin/python "requirements-$wanted.lock" ||
        fail "The Python packages could not be installed: see above, then run the same command again."
    find_pango
    cp "requirements-$wanted.lock" $stamp
}

pango_is_there() {
    .venv/bin/python -c "import weasyprint.text.ffi" >/dev/null 2>&1
}

# WeasyPrint draws with Pango, a library of the system that no Python package brings along.
find_pango() {
    pango_is_there && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing Pango, which draws the papers ..."
        scripts/apt_install.sh libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 || true
    fi
    pango_is_there ||
        fail "Pango is missing, which draws the papers: install it (on Debian libpangoft2-1.0-0, libharfbuzz-subset0)."
}

install_node_packages() {
    echo "Installing the front-end libraries of package-lock.json ..."
    rm -f $node_stamp
    [ "$wanted" = dev ] && leave_out="" || leave_out=--omit=dev
    # shellcheck disable=SC2086 # nothing stands for no option at all
    .venv/bin/npm ci $leave_out --no-progress --loglevel=error </dev/null >/dev/null ||
        fail "The front-end libraries could not be installed: see above, then run the same command again."
    cat package-lock.json >$node_stamp
    [ "$wanted" = dev ] || echo "without what only the tests need" >>$node_stamp
}

# What the tests need holds all that the portal needs: the reverse is not so.
node_packages_are_there() {
    cmp -s package-lock.json $node_stamp && return 0
    [ "$wanted" = embedded ] && { cat package-lock.json && echo "without what only the tests need"; } | cmp -s - $node_stamp
}

[ -w . ] || fail "Cannot write to $PWD: .venv and node_modules are put there."
if [ ! -w "${HOME:-/nonexistent}" ]; then # the caches of uv and npm need a home
    HOME=$PWD/.tools/home
    export HOME
    mkdir -p "$HOME"
fi
is_installed || install_python_packages
node_packages_are_there || install_node_packages
