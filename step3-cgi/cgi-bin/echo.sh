#!/bin/sh
# Shows some of what it was told, then what came on standard input.
printf 'Content-Type: text/plain; charset=utf-8\n\n'
printf 'REQUEST_METHOD=%s\n' "$REQUEST_METHOD"
printf 'SCRIPT_NAME=%s\n' "$SCRIPT_NAME"
printf 'PATH_INFO=%s\n' "$PATH_INFO"
printf 'QUERY_STRING=%s\n' "$QUERY_STRING"
printf 'CONTENT_TYPE=%s\n' "$CONTENT_TYPE"
printf 'CONTENT_LENGTH=%s\n' "$CONTENT_LENGTH"
printf 'HTTP_USER_AGENT=%s\n\n' "$HTTP_USER_AGENT"
cat
