"""Has something to do at its end."""
import atexit

print("loaded")
atexit.register(print, "goodbye")


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
