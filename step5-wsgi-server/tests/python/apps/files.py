"""wsgi.file_wrapper, with what can be sent by the kernel and what cannot."""
import gzip
import io
import os

PATH = os.environ["BIG"]


def app(environ, start_response):
    wrap = environ["wsgi.file_wrapper"]
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    what = environ["PATH_INFO"][1:]
    if what == "file":
        return wrap(open(PATH, "rb"))
    if what == "raw":
        return wrap(open(PATH, "rb", buffering=0), 4096)
    if what == "middle":
        file = open(PATH, "rb")
        file.read(1000)
        return wrap(file)
    if what == "memory":
        return wrap(io.BytesIO(b"x" * 100_000), 1000)
    if what == "gzip":
        return wrap(gzip.open(PATH + ".gz"))
    return (block for block in wrap(open(PATH, "rb")))
