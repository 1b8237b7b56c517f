"""A guest list in Flask: a form, a session, SQLite, an upload, a stream.

The data lies in the file that GUESTS names, guests.sqlite3 without it.
"""
import os
import secrets
import sqlite3

from flask import Flask, Response, abort, redirect, render_template_string, request, session

app = Flask(__name__)
# Sessions end with the server; a real site keeps its key in a safe place.
app.secret_key = secrets.token_bytes(32)
app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024
DATABASE = os.environ.get("GUESTS", "guests.sqlite3")

PAGE = """<!doctype html>
<title>Guests</title>
<h1>Guests</h1>
{% if session.name %}<p>You are {{ session.name }}.</p>{% endif %}
<ul>{% for name in guests %}<li>{{ name }}</li>{% endfor %}</ul>
<form method="post">
<input type="hidden" name="token" value="{{ session.token }}">
<label>Name <input name="name" required maxlength="80"></label>
<button>Sign</button>
</form>
<form method="post" action="upload" enctype="multipart/form-data">
<input type="file" name="file"><button>Count its bytes</button>
</form>
<p><a href="count">Count slowly</a></p>
"""


def database():
    connection = sqlite3.connect(DATABASE)
    connection.execute("CREATE TABLE IF NOT EXISTS guests (name TEXT)")
    return connection


@app.get("/")
def index():
    session.setdefault("token", secrets.token_hex(16))
    connection = database()
    guests = [name for name, in connection.execute("SELECT name FROM guests ORDER BY rowid")]
    connection.close()
    return render_template_string(PAGE, guests=guests)


@app.post("/")
def sign():
    if not secrets.compare_digest(request.form.get("token", ""), session.get("token", "-")):
        abort(400, "the form is not one of ours")
    session["name"] = request.form["name"]
    connection = database()
    with connection:
        connection.execute("INSERT INTO guests VALUES (?)", [request.form["name"]])
    connection.close()
    return redirect("./")


@app.post("/upload")
def upload():
    file = request.files["file"]
    return {"name": file.filename, "bytes": len(file.read())}


@app.get("/count")
def count():
    return Response((f"{number}\n" for number in range(1, 6)), mimetype="text/plain")
