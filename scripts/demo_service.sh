#!/usr/bin/env bash
# The whole service on one machine: a learner submits and watches, an LMS is told by a signed webhook.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
grader=$root/.venv/bin/grader
python=$root/.venv/bin/python
place=$(mktemp -d /tmp/grader-demo-XXXXXX)
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$place"
}
trap finish EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }
run() { echo "\$ grader $*"; "$grader" "$@"; }
wait_for() { for _ in $(seq 300); do if eval "$1"; then return; fi; sleep 0.2; done; echo "timed out: $1" >&2; cat "$place"/*.log >&2; exit 1; }

export GRADER_DATA=$place/data XDG_CONFIG_HOME=$place/config GRADER_WEBHOOK_NETWORKS=127.0.0.0/8
GRADER_PORT=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export GRADER_PORT

say "The service: API, workers, schedule, broker and database, with one command and no configuration"
echo "\$ grader up"
"$grader" up >"$place/up.log" 2>&1 &
pids+=($!)
wait_for 'grep -q "log in with" "$place/up.log"'
sed -E 's/(grader_[a-z2-7]{4})[^ ]*/\1…/' "$place/up.log"
grep -oE 'grader_\S+' "$place/up.log" >"$place/admin.token"

say "An instructor publishes an assignment; an LMS wants to hear of scores"
"$grader" login "http://127.0.0.1:$GRADER_PORT" --token "$(cat "$place/admin.token")" >/dev/null 2>&1
run course add python-101 --title "Python 101"
run publish assignments/bank-account --course python-101
touch "$place/secret"
"$python" scripts/receiver.py "$place/port" "$place/secret" >"$place/received.log" 2>&1 &
pids+=($!)
wait_for '[ -s "$place/port" ]'
echo "\$ grader webhook add http://127.0.0.1:…/"
"$grader" webhook add "http://127.0.0.1:$(cat "$place/port")/" >"$place/secret" 2>/dev/null

say "A learner starts, tests, submits, and watches"
run user add ada --name "Ada"
run course enrol python-101 ada
"$grader" token create ada >"$place/ada.token" 2>/dev/null
"$grader" login "http://127.0.0.1:$GRADER_PORT" --token "$(cat "$place/ada.token")" 2>/dev/null
run assignments
run start bank-account "$place/work"
cd "$place/work"
cp "$root"/assignments/bank-account/solutions/forgets-to-lock/*.py .
run test -q || true
run submit

say "What the LMS received, verified with the standardwebhooks library"
wait_for 'grep -q "grade.updated" "$place/received.log"'
cat "$place/received.log"

say "It stops when told to, and leaves nothing behind"
kill -TERM "${pids[0]}"
wait "${pids[0]}" && tail -n 1 "$place/up.log"
