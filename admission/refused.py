"""The one reason for which an image is not admitted, as a sentence."""


class NotAdmittedError(Exception):
    """What was found can't be what the bake attested; the message says why."""
