#!/bin/bash
# The shortest case of tests/players/run; skipped, and it says so, where the players are not there.
#
# usage: smoke.sh DIR     (of the tools)
here=$(dirname "${BASH_SOURCE[0]}")
for program in chromium node nginx; do
  command -v "$program" >/dev/null || { echo "$program is not installed; tests/players/run installs it"; exit 77; }
done
[[ -e $here/node_modules/.weir-installed ]] || { echo "no players are installed; tests/players/run installs them"; exit 77; }
PATH=$1:$PATH exec node "$here/harness/main.mjs" smoke
