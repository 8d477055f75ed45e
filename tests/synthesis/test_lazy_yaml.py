"""What Troposphere never uses here is not loaded, and is there all the same."""

import subprocess
import sys

from settings.root import PROJECT_ROOT

PROGRAM = """
import sys
from synthesis.lazy_yaml import load_yaml_writer_when_used
load_yaml_writer_when_used()
from synthesis import build_folder
from troposphere import Template
print("yaml" in sys.modules)
template = Template()
template.set_description("some")
print(template.to_yaml().strip().splitlines()[0], "yaml" in sys.modules)
"""


def test_the_yaml_writer_is_loaded_when_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["False", "Description: some True"]
