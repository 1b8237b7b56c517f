"""Gives things of the wrong type, or that must not be sent."""


def app(environ, start_response):
    what = environ["PATH_INFO"][1:]
    ok, plain = "200 OK", [("Content-Type", "text/plain")]
    if what == "none":
        start_response(ok, plain)
        return None
    if what == "str":
        start_response(ok, plain)
        return ["text"]
    if what == "number":
        start_response(ok, plain)
        return 7
    arguments = {
        "status_bytes": (b"200 OK", plain),
        "status_number": (200, plain),
        "status_short": ("200", plain),
        "status_crlf": ("200 OK\r\nX: y", plain),
        "headers_tuple": (ok, tuple(plain)),
        "headers_dict": (ok, dict(plain)),
        "header_list": (ok, [["A", "b"]]),
        "header_three": (ok, [("A", "b", "c")]),
        "header_bytes": (ok, [("A", b"b")]),
        "header_number": (ok, [("Content-Length", 3)]),
        "header_crlf": (ok, [("A", "b\r\nSet-Cookie: c=d")]),
        "header_not_latin": (ok, [("A", "\N{SNOWMAN}")]),
        "header_name": (ok, [("A:", "b")]),
        "hop_by_hop": (ok, [("Connection", "close")]),
        "framing": (ok, [("Transfer-Encoding", "chunked")]),
        "surrogate": (ok, [("A", "\ud800")]),
    }[what]
    start_response(*arguments)
    return [b"sent"]
