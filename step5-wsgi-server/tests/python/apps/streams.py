"""Generators, slow ones, endless ones; says when each is closed."""
import os

events = []


def app(environ, start_response):
    what = environ["PATH_INFO"][1:]
    if what == "events":
        start_response("200 OK", [("Content-Type", "text/plain")])
        seen, events[:] = repr(events), []
        return [seen.encode()]
    return globals()[what](start_response)


def waits(start_response):
    """The second block comes when somebody has read the first."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    try:
        yield b""
        yield b"first"
        while not os.path.exists(os.environ["GO"]):
            pass
        yield b"second"
    finally:
        events.append("waits closed")


def endless(start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    try:
        while True:
            yield b"x" * 65536
    finally:
        events.append("endless closed")


def breaks(start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"sent"
    raise ValueError("raised after the first byte")


def late_start(start_response):
    yield b""
    start_response("201 Created", [("Content-Type", "text/plain")])
    yield b"late"


def never_starts(start_response):
    return [b"no start_response"]


def short(start_response):
    start_response("200 OK", [("Content-Length", "10")])
    yield b"only 5"[:5]


def long(start_response):
    start_response("200 OK", [("Content-Length", "5")])
    yield b"right"
    yield b" and more"


def exact(start_response):
    start_response("200 OK", [("Content-Length", "5")])
    return Closable([b"ri", b"ght"])


def nothing(start_response):
    start_response("200 OK", [])
    return Closable([])


def no_content(start_response):
    start_response("204 No Content", [])
    return Closable([b"not to be sent"])


def not_modified(start_response):
    start_response("304 Not Modified", [("ETag", '"a"')])
    return Closable([b"not to be sent"])


def large(start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [bytes(3_000_000)]


class Closable:
    def __init__(self, blocks):
        self.blocks = blocks

    def __iter__(self):
        return iter(self.blocks)

    def close(self):
        events.append("closed")
