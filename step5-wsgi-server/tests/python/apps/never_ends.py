"""Has a thread that never ends, and is no daemon."""
import threading
import time


def work():
    while True:
        time.sleep(1)


threading.Thread(target=work).start()


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
