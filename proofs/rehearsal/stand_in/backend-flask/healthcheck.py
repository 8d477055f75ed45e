"""Ends with 0 when the service says that it is well."""

import urllib.request

urllib.request.urlopen("http://127.0.0.1:4567/api/health-check", timeout=2)
