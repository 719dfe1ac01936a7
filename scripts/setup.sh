# Sourced by the scripts beside it, which set `root`: `set_up EXTRAS` makes .venv with the project and those extras,
# once. Speaks on standard error only. PYTHON names the interpreter to use where several are installed.

venv=$root/.venv

set_up() {
    stamp=$venv/installed-$1
    # What was installed, from where: a changed file or a moved folder sets up again.
    wanted=$(echo "$root"; cat "$root/pyproject.toml" "$root/scripts/constraints.txt") || exit 2
    if [ -f "$stamp" ] && [ "$wanted" = "$(cat "$stamp")" ]; then
        return
    fi
    (
        cd "$root" || exit 2
        if ! [ -f "$venv/root" ] || [ "$root" != "$(cat "$venv/root")" ]; then
            make_venv
        fi
        echo "Installing numpynet[$1] into $venv (once; a few minutes)" >&2
        PIP_CONSTRAINT=scripts/constraints.txt PIP_BUILD_CONSTRAINT=scripts/constraints.txt \
            "$venv/bin/python" -m pip install --disable-pip-version-check --quiet --editable ".[$1]" >&2 || exit 2
        printf '%s\n' "$wanted" >"$stamp"
    ) || exit 2
}

make_venv() {
    set -- python3 python3.14 python3.13 python3.12 python3.11 python
    if [ -n "${PYTHON-}" ]; then
        set -- "$PYTHON"
    fi
    for python in "$@"; do
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$python" -m venv --clear "$venv" >&2 || exit 2
            echo "$root" >"$venv/root"
            return
        fi
    done
    echo "numpynet needs Python 3.11 or newer with venv (Debian: apt install python3-venv); PYTHON=... names one" >&2
    exit 2
}

# `debian_package COMMAND PACKAGE`: installs the package where the command is missing, apt is there, and we may.
debian_package() {
    if command -v "$1" >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" != 0 ]; then
        return
    fi
    echo "Installing the Debian package $2 (once)" >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2"; } >/dev/null 2>&1 ||
        echo "$2 could not be installed; the tests that need it say so" >&2
}
