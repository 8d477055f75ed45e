"""The one way to the API of an AWS: sessions, clients with deadlines, checked answers and errors in one sentence."""
