"""Calls start_response again."""
import sys


def app(environ, start_response):
    what = environ["PATH_INFO"][1:]
    first = [("Content-Type", "text/plain"), ("X-First", "1")]
    if what == "twice":
        start_response("200 OK", first)
        start_response("200 OK", first)
        return [b"not reached"]
    if what == "refused":
        write = start_response("200 OK", first)
        try:
            raise ValueError("the second head is none")
        except ValueError:
            try:
                start_response("bad", first, sys.exc_info())
            except ValueError:
                write(b"without a head")
        return []
    if what == "exc_info":
        start_response("200 OK", first)
        try:
            raise ValueError("the first head is replaced whole")
        except ValueError:
            start_response("503 Sorry", [("Content-Type", "text/plain")], sys.exc_info())
        return [b"sorry"]
    return too_late(start_response, first)


def too_late(start_response, first):
    start_response("200 OK", first)
    yield b"sent"
    try:
        raise ValueError("raised again by start_response")
    except ValueError:
        start_response("500 Too Late", first, sys.exc_info())
    yield b"not reached"
