"""A guest list in Django, in one file: a form with its CSRF token, a session,
SQLite, an upload, a stream.

The data lies in the file that GUESTS names, guests-django.sqlite3 without it.
"""
import os
import secrets

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import path
from django.utils.html import format_html, format_html_join

settings.configure(
    ALLOWED_HOSTS=["localhost", "127.0.0.1", "[::1]"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ.get("GUESTS", "guests-django.sqlite3"),
        }
    },
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    ROOT_URLCONF=__name__,
    # Sessions end with the server; a real site keeps its key in a safe place.
    SECRET_KEY=secrets.token_hex(32),
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
)


def index(request):
    if request.method == "POST":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO guests VALUES (%s)", [request.POST["name"]])
        request.session["name"] = request.POST["name"]
        return redirect("/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM guests ORDER BY rowid")
        guests = format_html_join("", "<li>{}</li>", cursor.fetchall())
    return HttpResponse(format_html(
        '<!doctype html><title>Guests</title><h1>Guests</h1><p>You are {}.</p><ul>{}</ul>'
        '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<label>Name <input name="name" required maxlength="80"></label><button>Sign</button></form>',
        request.session.get("name", "nobody yet"), guests, get_token(request),
    ))


def upload(request):
    file = request.FILES["file"]
    return JsonResponse({"name": file.name, "bytes": file.size})


def count(request):
    return StreamingHttpResponse((f"{number}\n" for number in range(1, 6)), content_type="text/plain")


urlpatterns = [path("", index), path("upload", upload), path("count", count)]

django.setup()
application = get_wsgi_application()
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS guests (name TEXT)")
connection.close()
