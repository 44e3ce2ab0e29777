import subprocess
import sys

import pytest


def loaded(*modules: str) -> set[str]:
    """Return what a new interpreter has loaded once it has imported these modules."""
    program = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("function", ["router", "http_router", "events", "synchronous", "failures"])
def test_only_the_worker_loads_the_engine(function: str) -> None:
    found = loaded(f"backend.{function}", f"backend.wiring.for_{function}")
    assert {"duckdb", "fsspec", "isal"}.isdisjoint(found)
    assert {"backend.engine", "backend.formats", "backend.authoring"}.isdisjoint(found)


@pytest.mark.parametrize("function", ["router", "http_router", "events", "synchronous", "worker", "failures"])
def test_importing_a_function_does_no_work(function: str) -> None:
    assert {"botocore", "duckdb"}.isdisjoint(loaded(f"backend.{function}"))


def test_failures_loads_next_to_nothing() -> None:
    assert len([name for name in loaded("backend.failures") if name.partition(".")[0] == "backend"]) < 15


@pytest.mark.parametrize(
    "function", ["router", "http_router", "events", "synchronous", "worker", "failures", "authorizer"]
)
def test_function_is_composed_as_lambda_loads_it(function: str) -> None:
    """In the INIT phase, so a setting that is missing shows there and not with the first event."""
    program = f"import backend.{function}"
    environment = {"AWS_LAMBDA_FUNCTION_NAME": function, "AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("InvalidSettings: METRICS_NAMESPACE is not set")
