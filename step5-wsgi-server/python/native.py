"""What a path looks like to an application, and how it becomes text."""


# ANCHOR: application
def application(environ, start_response):
    path = environ["PATH_INFO"]
    text = path.encode("latin-1").decode("utf-8", "replace")
    lines = [f"{len(path)} characters: {path}\n", f"{len(text)} characters: {text}\n"]
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [line.encode() for line in lines]
# ANCHOR_END: application
