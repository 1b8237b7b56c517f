"""Shows its environ."""


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain; charset=latin-1")])
    lines = []
    for key in sorted(environ):
        value = environ[key]
        assert type(key) is str
        lines.append("%s=%s\n" % (key, value if isinstance(value, (str, int, tuple)) else type(value).__name__))
    environ.clear()  # a fresh dict each request: the next one must not notice
    return [line.encode("latin-1") for line in lines]
