"""Ends its own process, in three ways, when it is asked to."""
import ctypes
import os
import signal


def app(environ, start_response):
    what = environ["PATH_INFO"]
    if what == "/exit":
        os._exit(1)
    if what == "/kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "/segmentation_fault":
        ctypes.string_at(0)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"This page came from process %d.\n" % os.getpid()]
