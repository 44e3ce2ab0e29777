import pytest

from backend.aws.worker_invocation import WorkerInvocation
from backend.service.ports import InvocationRefused
from backend.wiring import clients
from backend.wiring.invocation import worker_invocation
from backend.wiring.settings import WorkerSettings
from tests.backend.fakes import WORKER_SETTINGS


def test_worker_is_invoked_by_the_name_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    client = object()
    monkeypatch.setattr(clients, "functions", lambda: client)
    made = worker_invocation("arn:worker:live")
    assert isinstance(made, WorkerInvocation)
    assert (made.client is client, made.function_name) == (True, "arn:worker:live")


def test_function_that_knows_no_worker_makes_no_client_and_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(clients, "functions")
    with pytest.raises(InvocationRefused):
        worker_invocation("")("report", "invocation")


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({}, ""),
        ({"AWS_LAMBDA_FUNCTION_NAME": "worker"}, ""),
        ({"WORKER_ALIAS": "live"}, ""),
        ({"AWS_LAMBDA_FUNCTION_NAME": "worker", "WORKER_ALIAS": "live"}, "worker:live"),
    ],
)
def test_worker_knows_itself_by_function_and_alias(more: dict[str, str], name: str) -> None:
    environment = {variable: str(getattr(WORKER_SETTINGS, variable.lower())) for variable in WorkerSettings.variables()}
    assert WorkerSettings.read(environment | more).own_alias == name
