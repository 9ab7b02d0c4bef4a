#!/bin/bash
# The console: packages, build, types, lint, unit tests, size, and the journey in Chromium against the real program.
# Usage: tests/console_test.sh [PROGRAM]; ends with "N passed, N failed, N skipped", exit code 1 when something failed.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
program=$(readlink -f "${1:-build/release/vonggac}")
passed=0 failed=0 skipped=0
claim() {
    local words=$1 log
    shift
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED: $words"
        tail -n 40 "$log"
    fi
    rm -f "$log"
}
finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
    exit
}
if ! command -v npm >/dev/null || ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    echo "skipped: the console: node 20.19 or newer and npm are needed"
    skipped=1
    finish
fi
no_host() { ! grep -q '"resolved"' console/package-lock.json; }
claim "the lock file names no registry" no_host
claim "the packages are installed as locked" bash -c 'cd console && npm ci --no-audit --no-fund'
[ "$failed" -eq 0 ] || finish
claim "the types are what the program tells" bash -c 'cd console && node tools/generate-types.mjs "$0" --check' "$program"
claim "the console builds" tools/build-console
claim "types, lint, tests and size are clean" bash -c 'cd console && npm run check'
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
    echo "skipped: the journey: chromium is not installed"
    skipped=$((skipped + 1))
    finish
fi
# The gallery stands only in a build of its own.
gallery() (cd console && VITE_GALLERY=1 CONSOLE_OUT="$PWD/../build/console-gallery" npx vite build)
claim "the gallery builds" gallery
# As many journeys side by side as there are cores; what they said is told one after another.
journey() {
    local console=build/console
    [ "$1" = gallery ] && console=build/console-gallery
    timeout 600 env VONGGAC_CONSOLE="$PWD/$console" node "console/journeys/$1.mjs" "$2" >"$3/$1" 2>&1
}
export -f journey
told=$(mktemp -d)
names=$(cd console/journeys && ls ./*.mjs | sed 's|^\./||; s|\.mjs$||' | grep -vx kit)
printf '%s\n' $names | xargs -P "$(nproc)" -I{} bash -c 'journey "$@"' _ {} "$program" "$told"
for name in $names; do
    grep -v ' skipped$' "$told/$name"
    read -r more less <<<"$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' "$told/$name" | tail -n 1)"
    [ -n "${more:-}" ] || echo "FAILED: the journey $name did not end"
    passed=$((passed + ${more:-0})) failed=$((failed + ${less:-1}))
done
rm -rf "$told"
finish
