# Sourced by the scripts beside it: one way to say what happened, why, and what to do.

# advise WHAT WHY FIX: to stderr, in the words that the product itself uses.
advise() {
    printf 'error: %s\n  why: %s\n  fix: %s\n' "$1" "$2" "$3" >&2
}

# fail CODE WHAT WHY FIX: the same, then the end. Codes are those of sysexits: 64 usage, 69 unavailable, 77 no permission.
fail() {
    local code=$1
    shift
    advise "$@"
    exit "$code"
}
