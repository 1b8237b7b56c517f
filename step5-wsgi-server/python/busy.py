"""Takes a second to answer: `/wait` sleeps, and `/compute` computes."""
import time


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/wait":
        time.sleep(1)
    elif path == "/compute":
        end = time.thread_time() + 1  # of a processor, for this thread alone
        while time.thread_time() < end:
            pass
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{path} is done.\n".encode()]
