"""Where this project lies; every room finds its files from here, whatever folder a command is run in."""

from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
"""Absolute path of the checkout."""

SETTINGS_FILE = PROJECT_ROOT / "config" / "system.toml"
ENVIRONMENTS = PROJECT_ROOT / "config" / "environments"
BUILD = PROJECT_ROOT / "build"
