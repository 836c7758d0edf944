# Choose versions anew and write the hash-locked lists of packages. Called by `make lock`.
# The lists name no address, so that each machine asks the registry it is set up with.
set -eu

tools=build/lock-venv
if ! [ -x "$tools/bin/uv" ]; then
    .venv/bin/python -m venv "$tools"
    "$tools/bin/python" -m pip install --quiet uv
fi
compile() {
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}
compile pyproject.toml --extra postgres --group build --output-file requirements/run.txt
compile pyproject.toml --extra postgres --group build --group dev --constraint requirements/run.txt \
    --output-file requirements/dev.txt
if grep -n '://' requirements/run.txt requirements/dev.txt; then
    echo "These lines hold an address: remove them before you commit." >&2
    exit 1
fi
git --no-pager diff --stat -- requirements || true
