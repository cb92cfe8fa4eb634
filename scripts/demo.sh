#!/usr/bin/env bash
# The main job, on real input: several submissions of a sample assignment, as their instructor and as a learner see them.
set -euo pipefail
cd "$(dirname "$0")/.."
grader=.venv/bin/grader
solutions=assignments/bank-account/solutions

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }

say "Six submissions to 'A bank account': a right one, three wrong ones, an endless loop, and a cheat"
echo "\$ grader grade assignments/bank-account $solutions/*"
"$grader" grade assignments/bank-account \
    $solutions/reference $solutions/half-a-transfer $solutions/forgets-to-lock $solutions/deadlock \
    $solutions/waits-for-money $solutions/says-yes

say "One of them as its learner sees it: which hidden tests failed, with hints, but not what is in them"
echo "\$ grader grade --view learner assignments/bank-account $solutions/forgets-to-lock"
"$grader" grade --view learner assignments/bank-account $solutions/forgets-to-lock

say "A program that reads files and talks, as its instructor sees it"
echo "\$ grader grade assignments/expense-report assignments/expense-report/solutions/floating-cents"
"$grader" grade assignments/expense-report assignments/expense-report/solutions/floating-cents

say "How well, not only whether: five times the reference's CPU time, though it grows no faster than it may"
echo "\$ grader grade assignments/sorting-in-place assignments/sorting-in-place/solutions/wasteful"
"$grader" grade assignments/sorting-in-place assignments/sorting-in-place/solutions/wasteful

say "Tests that a learner wrote: tried on a right program, and on twelve faulty ones"
echo "\$ grader grade --view learner assignments/lru-cache assignments/lru-cache/solutions/one-wrong-test"
"$grader" grade --view learner assignments/lru-cache assignments/lru-cache/solutions/one-wrong-test
