"""Scans of images: the packages that their layers hold, and what the advisories say of those."""
