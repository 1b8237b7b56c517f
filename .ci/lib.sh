# What .ci/run and .ci/full have in common. Sourced by both.

# Whatever a shell starts in the background ignores Ctrl-C, and so does all that it starts in turn. Some tests end a program by it.
[ -n "${CI_HEARS_SIGNALS:-}" ] || CI_HEARS_SIGNALS=yes exec env --default-signal=INT bash "$0" "$@"

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top" || exit 1
export CARGO_TERM_COLOR=never DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1
export TARGET_DIR=${CARGO_TARGET_DIR:-$top/target}
tools=$TARGET_DIR/ci-tools
export PYTHON_PEERS=$TARGET_DIR/python-peers
export PATH=$tools/bin:$PATH
log=$(mktemp)
trap 'rm -f "$log"' EXIT
began=$SECONDS

# step NAME COMMAND…: runs it, says how long it took, and ends the run if it fails.
step() {
    local name=$1 from=$SECONDS
    shift
    printf '\n=== %s: %s\n' "$name" "$*"
    "$@" 2>&1 | tee -a "$log"
    local status=${PIPESTATUS[0]}
    if [ "$status" -ne 0 ]; then
        printf '\n=== %s FAILED with status %s\n' "$name" "$status"
        counts
        exit 1
    fi
    printf '=== %s: done in %s s\n' "$name" $((SECONDS - from))
}

# debian PACKAGE…: installs what is missing.
debian() {
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    # Packages of servers would start them; nobody wants that here.
    local policy=/usr/sbin/policy-rc.d made=no status=0
    [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' > $policy && chmod +x $policy && made=yes; }
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" || status=1
    [ $made = yes ] && rm -f $policy
    return $status
}

# python_tools PACKAGE==VERSION…: into a virtual environment of our own.
python_tools() {
    [ -x "$tools/bin/python" ] || python3 -m venv "$tools" || return 1
    "$tools/bin/pip" install --quiet "$@"
}

# python_peers PACKAGE…: what step 5's tests of Python applications use, for the Python that the server is built with.
python_peers() {
    [ -x "$PYTHON_PEERS/bin/python" ] || "${PYO3_PYTHON:-python3}" -m venv "$PYTHON_PEERS" || return 1
    "$PYTHON_PEERS/bin/pip" install --quiet "$@"
}

# counts: what the test runners said, added up (cargo test's lines, and node's).
counts() {
    awk '
        /^test result:/ { passed += $4; failed += $6 }
        /^(# |ℹ )pass [0-9]+$/ { passed += $NF }
        /^(# |ℹ )fail [0-9]+$/ { failed += $NF }
        END { printf "\n%d passed, %d failed\n", passed, failed }
    ' "$log"
}
