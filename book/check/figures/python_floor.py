"""What an application costs without a server: it is called in a loop, with an environ that was made before.

    python python_floor.py SECONDS APPLICATION

Prints processor time, in microseconds a call.
"""
import io
import sys
import time

import python_applications

CONTENT = b"x" * (64 << 10)
ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "127.0.0.1:8000",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
SPECIAL = {
    "count": {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(CONTENT))},
    "files": {"PATH_INFO": "/img/icon.svg"},
}


def start_response(status, headers, exc_info=None):
    return None


def call(application, made):
    # A fresh dict each time, as a server has to make one.
    environ = dict(made)
    environ["wsgi.input"] = io.BytesIO(CONTENT)
    blocks = application(environ, start_response)
    for _ in blocks:
        pass
    if hasattr(blocks, "close"):
        blocks.close()


def main(seconds, name):
    application = getattr(python_applications, name)
    if name == "flask_hello":
        application = application()
    made = ENVIRON | SPECIAL.get(name, {})
    calls, used, end = 0, time.process_time(), time.monotonic() + float(seconds)
    while time.monotonic() < end:
        for _ in range(100):
            call(application, made)
        calls += 100
    print((time.process_time() - used) * 1e6 / calls)


if __name__ == "__main__":
    main(*sys.argv[1:])
