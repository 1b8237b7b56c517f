"""Waits for its fellow: two requests must be in the application at a time."""
import threading

both = threading.Barrier(2)
local = threading.local()


def app(environ, start_response):
    local.calls = getattr(local, "calls", 0) + 1
    if environ["PATH_INFO"] == "/both":
        both.wait(timeout=20)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [("%d %r" % (local.calls, environ["wsgi.multithread"])).encode()]
