#!/usr/bin/env bash
# Prints the line coverage of HandfastWire and HandfastCore, file by file, and fails below 90 % of either.
# Run it after `swift test --enable-code-coverage`.
set -euo pipefail
cd "$(dirname "$0")/.."

least=${1:-90}
build=$(swift build --show-bin-path)
profile="$build/codecov/default.profdata"
binary=$(find -L "$build" -maxdepth 1 -name '*.xctest' -type f | head -n 1)
if [[ ! -f "$profile" || -z "$binary" ]]; then
  echo "coverage: no profile in $build; run 'swift test --enable-code-coverage' first" >&2
  exit 2
fi
tools=$(dirname "$(readlink -f "$(command -v swift)")")
cov="$tools/llvm-cov"
[[ -x "$cov" ]] || cov=llvm-cov

status=0
for target in HandfastWire HandfastCore; do
  # Columns of the report: file, regions x3, functions x3, lines x3, branches x3.
  "$cov" report "$binary" -instr-profile "$profile" "Sources/$target" |
    awk -v target="$target" -v least="$least" '
      /\.swift / { printf "%-80s %6d lines %8s\n", $1, $8, $10 }
      $1 == "TOTAL" { percent = $10 + 0; found = 1 }
      END {
        if (!found) { print "coverage: no report for " target > "/dev/stderr"; exit 2 }
        printf "%s: %.2f%% of lines (at least %s%%)\n\n", target, percent, least
        exit percent < least ? 1 : 0
      }' || status=1
done
exit $status
