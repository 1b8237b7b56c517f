"""The smallest application; beside it stands src/applications/hello.rs."""


# ANCHOR: application
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/html')])
    return [b'<h1>Hello, Michael!</h1>']
# ANCHOR_END: application
