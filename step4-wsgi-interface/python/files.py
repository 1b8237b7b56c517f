"""Serves files; beside it stands src/applications/files.rs."""

import os

TYPES = {
    'html': 'text/html; charset=utf-8',
    'css': 'text/css; charset=utf-8',
    'js': 'text/javascript; charset=utf-8',
    'txt': 'text/plain; charset=utf-8',
    'png': 'image/png',
    'jpg': 'image/jpeg',
    'jpeg': 'image/jpeg',
    'svg': 'image/svg+xml',
    'json': 'application/json',
}


class Files:
    """The files below a folder."""

    def __init__(self, root):
        self.root = os.path.realpath(root)

    def open(self, path):
        """The file that a path names, open, and how long it is; or None."""
        segments = path.encode('latin-1').split(b'/')
        place = self.root
        if segments.pop(0):
            return None
        for segment in segments:
            try:
                name = segment.decode('utf-8')
            except UnicodeDecodeError:
                return None
            if not name or '\0' in name or '\\' in name:
                return None
            if name.startswith('.') and name != '.well-known':
                return None
            place = os.path.join(place, name)
        place = os.path.realpath(place)
        if os.path.commonpath([place, self.root]) != self.root or not os.path.isfile(place):
            return None
        file = open(place, 'rb')
        return file, os.fstat(file.fileno()).st_size

    def __call__(self, environ, start_response):
        method = environ.get('REQUEST_METHOD', '')
        if method not in ('GET', 'HEAD'):
            start_response('405 Method Not Allowed',
                           [('Content-Type', 'text/plain'), ('Allow', 'GET, HEAD')])
            return [b'files can be read here, nothing else\n']
        path = environ.get('PATH_INFO', '')
        if path in ('', '/'):
            path = '/simple_navbar.html'
        found = self.open(path)
        if found is None:
            start_response('404 Not Found', [('Content-Type', 'text/plain')])
            return [b'there is no such file\n']
        file, length = found
        kind = TYPES.get(path.rsplit('.', 1)[-1].lower(), 'application/octet-stream')
        start_response('200 OK', [('Content-Type', kind), ('Content-Length', str(length))])
        if method == 'HEAD':
            file.close()
            return []
        return environ['wsgi.file_wrapper'](file, 64 * 1024)
