"""Reads its input in every way."""


def app(environ, start_response):
    stream = environ["wsgi.input"]
    how = environ["PATH_INFO"]
    if how == "/read":
        seen = [stream.read(), stream.read(), stream.read(1)]
    elif how == "/pieces":
        seen = [stream.read(3), stream.read(0), stream.read(-1)]
    elif how == "/readline":
        seen = [stream.readline(), stream.readline(2), stream.readline(), stream.readline()]
    elif how == "/readlines":
        seen = stream.readlines() + stream.readlines()
    elif how == "/hint":
        seen = stream.readlines(3) + [b"|"] + stream.readlines(0)
    else:
        seen = [line for line in stream]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [repr(seen).encode()]
