"""Reads standard input, which in a worker leads to nobody."""
import sys

while_loading = sys.stdin.read()


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [("%r %r" % (while_loading, sys.stdin.read())).encode()]
