"""Raises before anything is sent."""
import sys


def app(environ, start_response):
    what = environ["PATH_INFO"][1:]
    if what == "late":
        start_response("200 OK", [("Content-Type", "text/plain")])
        raise ValueError("raised after start_response")
    if what == "close":
        return Closes()
    if what == "exit":
        sys.exit(7)
    raise {"interrupt": KeyboardInterrupt, "generator": GeneratorExit}.get(what, ValueError)("raised on purpose")


class Closes:
    """Fails at its first block; must still be closed."""

    def __iter__(self):
        raise ValueError("raised in __iter__")

    def close(self):
        print("closed after an error", flush=True)
