"""A Mercurial repository, to look at, to clone and to push to."""
import os

from mercurial.hgweb import hgweb

application = hgweb(os.fsencode(os.environ.get("REPOSITORY", ".")))
