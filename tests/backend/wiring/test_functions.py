import subprocess
import sys

import pytest


@pytest.mark.parametrize("function", ["router", "failures"])
def test_only_the_worker_loads_the_engine(function: str) -> None:
    program = f"import sys, backend.{function}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"duckdb", "fsspec", "isal"}.isdisjoint(done.stdout.split())
