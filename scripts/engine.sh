#!/usr/bin/env bash
# Have a Docker Engine running: scripts/engine.sh start | stop
# Uses the one there is; on Debian and Ubuntu installs one as root if there is none. Stops only what it started itself.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
pid_file=.run/dockerd.pid
log=.run/dockerd.log

answers() { "$python" -c 'import docker; docker.from_env(timeout=5).ping()' >/dev/null 2>&1; }

say() { printf '%s\n' "$*" >&2; }

is_process() { [ -n "$1" ] && [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]; }

install_packages() {
    say "installing $* (once)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null >>"$log" 2>&1 || say "apt-get update had problems, see $log"
    apt-get install -y -qq --no-install-recommends "$@" </dev/null >>"$log" 2>&1 ||
        { say "installing $* failed, see $log"; exit 3; }
}

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# A machine that was switched off under a running engine leaves files that name processes which are others now.
clear_stale() {
    local file
    for file in /var/run/docker.pid:dockerd /var/run/docker/containerd/containerd.pid:containerd; do
        if [ -f "${file%%:*}" ] && ! is_process "$(cat "${file%%:*}")" "${file##*:}"; then rm -f "${file%%:*}"; fi
    done
}

start() {
    mkdir -p .run
    if can_install && ! command -v debootstrap >/dev/null; then install_packages debootstrap; fi
    if answers; then return; fi
    if ! command -v dockerd >/dev/null; then
        if ! can_install; then
            say "There is no Docker Engine. Install one and start it (Debian and Ubuntu: 'sudo apt-get install docker.io';"
            say "elsewhere: Docker Desktop), see that 'docker info' works for this user, and run this again."
            exit 3
        fi
        install_packages docker.io
    fi
    if [ -d /run/systemd/system ]; then
        systemctl start docker || true
    elif [ "$(id -u)" = 0 ]; then
        clear_stale
        say "starting the Docker Engine"
        setsid nohup dockerd </dev/null >>"$log" 2>&1 &
        echo $! >"$pid_file"
    fi
    for _ in $(seq 120); do
        if answers; then return; fi
        if [ -f "$pid_file" ] && ! kill -0 "$(cat "$pid_file")" 2>/dev/null; then break; fi
        sleep 0.5
    done
    say "The Docker Engine does not answer. Its last words ($log):"
    tail -n 5 "$log" >&2
    exit 3
}

stop() {
    [ -f "$pid_file" ] || return 0
    local pid
    pid=$(cat "$pid_file")
    if is_process "$pid" dockerd; then
        kill "$pid"
        for _ in $(seq 60); do kill -0 "$pid" 2>/dev/null || break; sleep 0.5; done
    fi
    rm -f "$pid_file"
}

case "${1:-}" in
    start) start ;;
    stop) stop ;;
    *) say "usage: $0 start | stop"; exit 2 ;;
esac
