"""What a worker asks of a distributed engine and its catalog, by its own adapters, and for each grant of that its step.

`Keys` of a worker's policy ──▶ **ENGINE_STEPS** ──▶ permission_table, test_engine_grants
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError

from backend.aws.athena_cluster import AthenaCluster
from backend.aws.landing_bucket import LandingBucket
from backend.aws.worker_invocation import WorkerInvocation
from backend.engine.distributed.cluster import ClusterRefused, Reason
from backend.engine.layout import Key, Layout, Part
from backend.service.ports import DataUnreadable, InvocationRefused
from infra.local.backend import LocalBackend
from tests.flows.permissions.grants import Grant
from tests.infra.conftest import SECRET

TABLE = "planes"
FOLDER = "owner/report/rows/token"


class Keys:
    """Clients of a user whose policy may be changed."""

    def __init__(self, local: LocalBackend) -> None:
        self.local = local
        self._user = f"worker-{uuid.uuid4()}"
        self._iam = local.client("iam")
        self._iam.create_user(UserName=self._user)
        key = self._iam.create_access_key(UserName=self._user)["AccessKey"]
        session: Any = boto3.Session(
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            region_name=local.region,
        )
        self.client: Callable[[str], Any] = cache(lambda name: session.client(name, endpoint_url=local.endpoint_url))

    def allow(self, document: Mapping[str, Any]) -> None:
        """Give the user a policy in the place of the one before; IAM takes none without a statement."""
        if not document["Statement"]:
            self._iam.delete_user_policy(UserName=self._user, PolicyName="worker")
            return
        self._iam.put_user_policy(UserName=self._user, PolicyName="worker", PolicyDocument=json.dumps(document))

    @property
    def workgroup(self) -> str:
        return "reportwire-reports"

    @property
    def database(self) -> str:
        (found,) = self.local.client("glue").get_databases()["DatabaseList"]
        return str(found["Name"])

    @property
    def cluster(self) -> AthenaCluster:
        return AthenaCluster(
            client=self.client("athena"),
            workgroup=self.workgroup,
            database=self.database,
            catalog=lambda: self.client("glue"),
        )

    @property
    def landing(self) -> LandingBucket:
        return LandingBucket(self.client("s3"), self.local.outputs["reportsBucket"])


@dataclass(frozen=True, slots=True)
class EngineStep:
    """Something that an adapter does."""

    says: str
    works: Callable[[Keys], bool]

    def succeeds(self, keys: Keys) -> bool:
        """Try it; what is refused has not worked."""
        try:
            return self.works(keys)
        except ClientError as error:
            assert error.response["Error"]["Code"].startswith("AccessDenied"), error
        except ClusterRefused as refused:
            assert refused.reason is Reason.DENIED, refused
        except (DataUnreadable, InvocationRefused):
            pass
        return False


def _starts(keys: Keys) -> bool:
    return bool(keys.cluster.start("SELECT 1 AS c0", keys.landing.address(FOLDER), uuid.uuid4().hex * 2))


def _execution(keys: Keys) -> str:
    """Return a query that has been started there."""
    started = keys.local.client("athena").start_query_execution(QueryString="SELECT 1", WorkGroup=keys.workgroup)
    return str(started["QueryExecutionId"])


def _looks(keys: Keys) -> bool:
    return keys.cluster.look(_execution(keys)).reason is not Reason.DENIED


def _stops(keys: Keys) -> bool:
    keys.cluster.stop(_execution(keys))
    return True


def _enters(value: str) -> Callable[[Keys], bool]:
    """Return the step that a partition of this value is entered, in the place of all others."""
    key = Key(name="engines", type="VARCHAR", of="engines")
    part = Part(path=f"engines={value}/part-0.parquet", values=(value,), row_count=1, size_bytes=1)
    layout = Layout(columns=(("engines", "VARCHAR"),), keys=(key,), parts=(part,))

    def works(keys: Keys) -> bool:
        glue, table = keys.local.client("glue"), {"DatabaseName": keys.database, "TableName": TABLE}
        before = glue.get_partitions(**table)["Partitions"]
        keys.cluster.enter_partitions(TABLE, layout, lambda: None)
        after = glue.get_partitions(**table)["Partitions"]
        for each in after:  # so that there is one to enter, and one to take out, the next time too
            glue.delete_partition(**table, PartitionValues=each["Values"])
        put_partition(glue, keys.database)
        return [each["Values"] for each in after] == [[value]] and before != after

    return works


def put_partition(glue: Any, database: str) -> None:
    """Put a partition that no layout has."""
    place = {"Location": "s3://datasets/old/"}
    glue.create_partition(
        DatabaseName=database, TableName=TABLE, PartitionInput={"Values": ["old"], "StorageDescriptor": place}
    )


def _rows(keys: Keys) -> str:
    """Return a folder with a file that an engine has left."""
    keys.local.client("s3").put_object(Bucket=keys.landing.bucket, Key=f"{FOLDER}/0", Body=b"rows")
    return FOLDER


def _finds(keys: Keys) -> bool:
    return bool(keys.landing.files(_rows(keys)))


def _cleans(keys: Keys) -> bool:
    keys.landing.delete(_rows(keys))
    return "Contents" not in keys.local.client("s3").list_objects_v2(Bucket=keys.landing.bucket, Prefix=FOLDER)


def _invokes(keys: Keys) -> bool:
    WorkerInvocation(keys.client("lambda"), f"{keys.local.outputs['workerFunction']}:live")("nobody", "nothing")
    return True


def _reads_secret(keys: Keys) -> bool:
    return bool(keys.client("secretsmanager").get_secret_value(SecretId="trino")["SecretString"])


ENTER = EngineStep("the worker enters the partitions of a dataset, in the place of those before", _enters("2"))
DATABASE = "catalogDatabase datasets"
ENGINE_STEPS: Mapping[Grant, EngineStep] = {
    Grant("worker", "athena:StartQueryExecution", "workgroup reports"): EngineStep(
        "the worker starts a query", _starts
    ),
    Grant("worker", "athena:GetQueryExecution", "workgroup reports"): EngineStep("the worker follows a query", _looks),
    Grant("worker", "athena:StopQueryExecution", "workgroup reports"): EngineStep("the worker stops a query", _stops),
    Grant("worker", "glue:GetTable", DATABASE): ENTER,
    Grant("worker", "glue:GetPartitions", DATABASE): ENTER,
    Grant("worker", "glue:BatchCreatePartition", DATABASE): ENTER,
    Grant("worker", "glue:DeletePartition", DATABASE): ENTER,
    Grant("worker", "s3:ListBucket", "bucket reports"): EngineStep(
        "the worker finds the rows that an engine has left", _finds
    ),
    Grant("worker", "s3:DeleteObject", "bucket reports/*/rows/*"): EngineStep(
        "the worker deletes rows that are a file by now", _cleans
    ),
    Grant("worker", "lambda:InvokeFunction", "function worker"): EngineStep("a worker hands its report over", _invokes),
    **{
        Grant(role, "lambda:InvokeFunction", "function worker"): EngineStep(
            "a report that is ended has its query stopped by a worker", _invokes
        )
        for role in ("events", "failures")
    },
    Grant("worker", "secretsmanager:GetSecretValue", SECRET): EngineStep(
        "the worker reads the cluster's password", _reads_secret
    ),
}
