#!/bin/bash
# Every source is formatted as .clang-format says. Skipped (77) where clang-format is not the
# version the sources were formatted with, since versions differ in taste.
cd "$1" || exit 1
if ! version=$(clang-format --version 2>/dev/null); then
  echo "skipped: clang-format is not installed"
  exit 77
fi
if [[ $version != *" version 14."* ]]; then
  echo "skipped: clang-format 14 is wanted, here is: $version"
  exit 77
fi
find lib tools tests -name '*.h' -o -name '*.cpp' | xargs -r clang-format --dry-run -Werror
