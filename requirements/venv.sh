# Make .venv, or leave it when it is sound. Called by make; says in one sentence what lacks.
set -eu

say() {
    printf '%s\n%s\n' "$1" "$2" >&2
    exit 1
}

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
sound='import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)'

if .venv/bin/python -c "$sound" 2>/dev/null && .venv/bin/python -m pip --version >/dev/null 2>&1; then
    exit 0
fi

python=
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$candidate" -c "$new_enough" >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    found=$("${PYTHON:-python3}" --version 2>&1 || true)
    say "elearn demande Python 3.11 ou plus récent (trouvé : ${found:-aucun}) : installez-le, ou lancez « make run PYTHON=/chemin/vers/python3 »." \
        "elearn needs Python 3.11 or newer (found: ${found:-none}): install it, or run “make run PYTHON=/path/to/python3”."
fi
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    say "Il manque le module venv de Python : sous Debian ou Ubuntu, lancez « sudo apt install python${version}-venv », puis recommencez." \
        "Python's venv module is missing: on Debian or Ubuntu run “sudo apt install python${version}-venv”, then try again."
fi
"$python" -m venv --clear .venv
