"""Files of a folder: the kind of application that the article ends with.

Its folder is the current one, or what FILES_ROOT names.
"""
import mimetypes
import os

ROOT = os.path.realpath(os.environ.get("FILES_ROOT", "."))


# ANCHOR: application
def application(environ, start_response):
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return answer(start_response, "405 Method Not Allowed", [("Allow", "GET, HEAD")])
    # A native string holds bytes as Latin-1 characters; file names are UTF-8.
    name = os.fsdecode(environ["PATH_INFO"].encode("latin-1"))
    if "\0" in name:
        return answer(start_response, "404 Not Found")
    path = os.path.realpath(ROOT + "/" + name)
    if os.path.commonpath([ROOT, path]) != ROOT:
        return answer(start_response, "404 Not Found")
    if os.path.isdir(path):
        path = os.path.join(path, "index.html")
    try:
        file = open(path, "rb")
    except OSError:
        return answer(start_response, "404 Not Found")
    media_type, _ = mimetypes.guess_type(path)
    size = os.fstat(file.fileno()).st_size
    headers = [
        ("Content-Type", media_type or "application/octet-stream"),
        ("Content-Length", str(size)),
    ]
    start_response("200 OK", headers)
    return environ["wsgi.file_wrapper"](file)
# ANCHOR_END: application


def answer(start_response, status, headers=()):
    start_response(status, [("Content-Type", "text/plain"), *headers])
    return [status.encode() + b"\n"]
