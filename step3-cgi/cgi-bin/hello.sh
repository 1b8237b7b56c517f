#!/bin/sh
# The contract in five lines: variables in the environment, an answer on standard output.
printf 'Content-Type: text/plain; charset=utf-8\n'
printf '\n'
printf 'Hello from process %s, a shell!\n' "$$"
printf 'You asked for %s with %s.\n' "$SCRIPT_NAME$PATH_INFO" "$REQUEST_METHOD"
