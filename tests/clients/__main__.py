"""Generated clients against a local backend: `python -m tests.clients [python|curl|typescript|go]…`, or all of them.

Each is made from `openapi.json` as it is, in a folder of its own. Needs Node.js with npm, and Go; what they install
comes from their registries.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from infra.local import backend
from tests.clients.programs import PROGRAMS, environment_of, run


def main(names: list[str]) -> None:
    with backend.running() as local, tempfile.TemporaryDirectory() as folder:
        for name in names or [*PROGRAMS]:
            sys.stdout.write(f"{name}: {run(name, Path(folder), environment_of(local.profile))}\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.stdout}{error.stderr}")
