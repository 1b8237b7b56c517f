"""For finding applications by name."""


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"application"]


def make(greeting="hello", times=1):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [(greeting * times).encode()]
    return app


def broken():
    raise RuntimeError("no application today")


class site:
    app = application


number = 7
