"""write(), the old way."""


def app(environ, start_response):
    what = environ["PATH_INFO"][1:]
    headers = [("Content-Type", "text/plain")]
    if what == "length":
        headers.append(("Content-Length", "11"))
    write = start_response("200 OK", headers)
    if what.startswith("generator"):
        return generator(write, what == "generator_and_yields")
    if what == "str":
        write("text")
    write(b"")
    write(b"first ")
    if what == "raises":
        raise ValueError("raised after write")
    if what == "keeps":
        kept.append(write)
    if what == "kept":
        kept[0](b"into another's response")
    return [b"last", b"\n"]


def generator(write, and_yields):
    write(b"first ")
    write(b"last\n")
    if and_yields:
        yield b"of all\n"


kept = []
