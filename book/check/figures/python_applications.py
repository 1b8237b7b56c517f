"""The applications of the figure `python`: the same file under every server, and in the loop of the floor."""
import os

HELLO = b"<h1>Hello!</h1>"
MEBIBYTE = b"x" * (1 << 20)
ROOT = os.path.realpath("www")


def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    return [HELLO]


def hello_with_length(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", "15")])
    return [HELLO]


def count(environ, start_response):
    content = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    answer = b"%d" % len(content)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]


def mebibyte(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(1 << 20))])
    return [MEBIBYTE]


def files(environ, start_response):
    """As the article has it: the whole file is read, and returned in a list."""
    path = os.path.normpath(ROOT + environ["PATH_INFO"])
    if not path.startswith(ROOT + "/"):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"not found\n"]
    with open(path, "rb") as file:
        content = file.read()
    start_response("200 OK", [("Content-Type", "image/svg+xml"), ("Content-Length", str(len(content)))])
    return [content]


def flask_hello():
    """A factory: only who asks for Flask has to have it."""
    from flask import Flask

    app = Flask("hello")
    app.get("/")(lambda: {"message": "Hello!"})
    return app
