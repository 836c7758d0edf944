#!/bin/sh
# The elearn command as the site's own user, with its settings: install as /usr/local/bin/elearn.
set -eu
run='set -a; . /etc/elearn.env; set +a; cd /srv/elearn/app; exec .venv/bin/elearn "$@"'
if [ "$(id -un)" = elearn ]; then
    exec sh -c "$run" elearn "$@"
fi
exec sudo -u elearn sh -c "$run" elearn "$@"
