"""Leaves out the content, as it may for HEAD, in several ways."""


def app(environ, start_response):
    headers = [("Content-Type", "text/plain")]
    if environ["QUERY_STRING"]:
        headers.append(("Content-Length", environ["QUERY_STRING"]))
    start_response("200 OK", headers)
    return {
        "/list": [],
        "/empty_block": [b""],
        "/tuple": (),
        "/generator": (block for block in ()),
    }[environ["PATH_INFO"]]
