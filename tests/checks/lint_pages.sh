#!/bin/bash
# Every man page is clean by mandoc's own judgement.
cd "$1" || exit 1
shopt -s nullglob
pages=(man/*.[17])
if [[ ${#pages[@]} -eq 0 ]]; then
  echo "no man pages"
  exit 1
fi
exec mandoc -T lint -W warning "${pages[@]}"
