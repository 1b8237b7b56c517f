"""An application that keeps every rule, between validators of others."""
from wsgiref.validate import validator

from webtest.lint import middleware as lint
from well_behaved import app

validated = validator(app)
linted = lint(app)
both = validator(lint(app))
