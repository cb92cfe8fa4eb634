#!/usr/bin/env bash
# Install PostgreSQL's server programs if there are none. Nothing is started: the tests run a cluster of their own.
set -euo pipefail

have() { command -v pg_ctl >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' >/dev/null; }

have && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing PostgreSQL" >&2
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    # The package would make and start a cluster that nobody asked for.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    if ! { apt-get update && apt-get install -y --no-install-recommends postgresql; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        exit 3
    fi
    rm -f "$log"
fi
have || { echo "the tests need PostgreSQL's server programs (pg_ctl): install the package postgresql" >&2; exit 3; }
