"""What an application is told, as a page; beside it stands src/applications/environ_page.rs."""

from html import escape


def application(environ, start_response):
    shown = {name: value for name, value in environ.items() if not name.startswith('wsgi.')}
    shown['wsgi.version'] = str(environ['wsgi.version'])
    shown['wsgi.url_scheme'] = environ['wsgi.url_scheme']
    for name in 'wsgi.multithread', 'wsgi.multiprocess', 'wsgi.run_once':
        shown[name] = 'true' if environ[name] else 'false'
    page = ('<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>environ</title>\n'
            '<h1>environ</h1>\n<table>\n')
    for name in sorted(shown):
        page += f'<tr><th>{escape(name)}</th><td>{escape(shown[name])}</td></tr>\n'
    page += '</table>\n</html>\n'
    start_response('200 OK', [('Content-Type', 'text/html; charset=utf-8')])
    return [page.encode('utf-8')]
