"""Records what Python's wsgiref makes of the same calls on the Python twins.

    python3 record.py CALLS ROOT INTO

CALLS is a file of calls, one a line: a name, the application, and variables `NAME=value` in
percent-encoding. For each call INTO/name.raw is written: the response as a CGI program has it.
The applications are those of this folder; the files are those below ROOT.
"""

import io
import os
import sys
from urllib.parse import unquote_to_bytes
from wsgiref.handlers import SimpleHandler
from wsgiref.validate import validator

import environ_page
import files
import hello


class Handler(SimpleHandler):
    """A gateway that says what a CGI gateway says."""

    origin_server = False
    wsgi_run_once = True
    os_environ = {}


def main(calls, root, into):
    applications = {
        'hello': hello.application,
        'environ': environ_page.application,
        'files': files.Files(root),
    }
    os.makedirs(into, exist_ok=True)
    with open(calls, encoding='ascii') as lines:
        for line in lines:
            if not line.strip() or line.startswith('#'):
                continue
            name, application, *variables = line.split()
            environ = {}
            for variable in variables:
                key, value = variable.split('=', 1)
                environ[key] = unquote_to_bytes(value).decode('latin-1')
            output, errors = io.BytesIO(), io.StringIO()
            handler = Handler(io.BytesIO(), output, errors, environ,
                              multithread=False, multiprocess=True)
            handler.run(applications[application])
            if errors.getvalue():
                sys.exit(f'{name}: {errors.getvalue()}')
            with open(os.path.join(into, f'{name}.raw'), 'wb') as file:
                file.write(output.getvalue())
            check(applications[application], environ)


def check(application, environ):
    """Python's own validator has nothing to object to."""
    environ = {**environ, 'wsgi.input': io.BytesIO(), 'wsgi.errors': io.StringIO(),
               'wsgi.version': (1, 0), 'wsgi.url_scheme': 'http', 'wsgi.multithread': False,
               'wsgi.multiprocess': True, 'wsgi.run_once': True,
               'wsgi.file_wrapper': lambda file, size: iter(lambda: file.read(size), b'')}
    body = validator(application)(environ, lambda status, headers, exc_info=None: None)
    for _ in body:
        pass
    body.close()


if __name__ == '__main__':
    main(*sys.argv[1:])
