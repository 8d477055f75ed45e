"""Makes this package importable when cfn-lint loads the rules as loose files, from whatever folder it is run in.

cfn-lint walks a rules folder from the top and runs each file by itself; this one alone lies at the top, so it is run
before any rule asks for the package.
"""

import sys
from pathlib import Path

_parent = str(Path(__file__).resolve().parent.parent)
if _parent not in sys.path:
    sys.path.append(_parent)
