"""A WSGI server of the figure `python`, at a port of 127.0.0.1.

    python serve_python.py SERVER PORT WORKERS APPLICATION
"""
import ctypes
import os
import signal
import sys

import python_applications

BACKLOG = 1024


def processes(count, run):
    """Lets each process listen at the port for itself; the children end with their parent."""
    PR_SET_PDEATHSIG = 1
    for _ in range(count - 1):
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            break
    run()


def wsgiref(application, port, workers):
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    class Server(WSGIServer):
        request_queue_size = BACKLOG

    class Handler(WSGIRequestHandler):
        def log_message(self, *arguments):
            pass

    server = Server(("127.0.0.1", port), Handler)
    server.set_app(application)
    server.serve_forever()


def waitress(application, port, workers):
    import waitress

    waitress.serve(application, host="127.0.0.1", port=port, threads=4, backlog=BACKLOG, connection_limit=BACKLOG)


def gunicorn(application, port, workers):
    from gunicorn.app.base import BaseApplication

    class Gunicorn(BaseApplication):
        def load_config(self):
            settings = {"bind": f"127.0.0.1:{port}", "workers": workers, "worker_class": "gthread", "threads": 4}
            settings |= {"keepalive": 60, "backlog": BACKLOG, "loglevel": "error"}
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self):
            return application

    Gunicorn().run()


def bjoern(application, port, workers):
    import bjoern

    processes(workers, lambda: bjoern.run(application, "127.0.0.1", port, reuse_port=True))


def fastwsgi(application, port, workers):
    import fastwsgi

    fastwsgi.server.backlog = BACKLOG
    processes(workers, lambda: fastwsgi.run(application, "127.0.0.1", port, loglevel=0))


def main(server, port, workers, name):
    application = getattr(python_applications, name)
    if name == "flask_hello":
        application = application()
    globals()[server](application, int(port), int(workers))


if __name__ == "__main__":
    main(*sys.argv[1:])
