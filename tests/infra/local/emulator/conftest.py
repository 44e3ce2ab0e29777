import json
import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def services() -> list[str]:
    """Every service that the emulator has, by its own tables."""
    script = (
        "import json; from ministack.app import SERVICE_REGISTRY; from ministack.core.router import SERVICE_PATTERNS; "
        "print(json.dumps(sorted({*SERVICE_REGISTRY, *SERVICE_PATTERNS})))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    assert len(found) > 60
    return found
