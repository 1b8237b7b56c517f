"""An application without manners: what the probes of the book ask for."""
import ctypes
import pathlib
import time

# Its functions are called with the lock held, as those of a module that does not give it up.
C = ctypes.PyDLL(None)


def compute_for_ever():
    while True:
        pass


BAD = {
    "/wait": lambda: time.sleep(5),
    "/lock": lambda: C.sleep(5),
    "/for-ever": compute_for_ever,
    "/crash": lambda: ctypes.string_at(0),
}


def application(environ, start_response):
    bad = BAD.get(environ["PATH_INFO"])
    if bad:
        pathlib.Path("begun").touch()
        bad()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"An answer of the probe's application.\n"]
