"""The settings of the worker: its size, its time, and the machines that it runs on.

Pulumi.<stack>.yaml ──▶ **Worker** ──▶ distributed, addresses, settings. Does not import pulumi.

| | on Lambda's own machines | on managed instances |
|---|---|---|
| time | `LONGEST_S` | `LONGEST_MANAGED_S`: a worker is invoked asynchronously |
| memory | `LARGEST_MB` | `LARGEST_MANAGED_MB`, in steps of `PROCESSOR_MB` |

Sources: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; of managed instances
https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html, botocore 1.43.106 (Timeout, MemorySize), and
https://github.com/aws-cloudformation/cfn-lint/pull/4685, which tried the time
"""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

LONGEST_S, LONGEST_MANAGED_S = 900, 5_400
LARGEST_MB, LARGEST_MANAGED_MB = 10_240, 32_768
PROCESSOR_MB = 2_048
"""Memory that comes with a processor on managed instances, and the least that a worker has there.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_LambdaManagedInstancesCapacityProviderConfig.html
"""
LEAST_WORKERS, MOST_WORKERS = 1, 10
"""Unless set. Lambda keeps three where nobody says how many.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-scaling.html
"""
_SUBNETS = Meta(
    pattern=r"^subnet-[0-9a-f]{8,17}(,subnet-[0-9a-f]{8,17}){0,15}\Z",
    description="up to 16 subnets like subnet-0a1b2c3d, with commas between them",
)
_GROUPS = Meta(
    pattern=r"^sg-[0-9a-f]{8,17}(,sg-[0-9a-f]{8,17}){0,4}\Z",
    description="up to five security groups like sg-0a1b2c3d, with commas between them",
)
_Workers = Annotated[int, Meta(ge=1, le=1_000)]


class Worker(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The worker, on Lambda's own machines or on EC2 instances of the account's that Lambda manages."""

    worker_memory_mb: Annotated[int, Meta(ge=512, le=LARGEST_MANAGED_MB)] = 1_769
    """The worker's memory, and with it its share of processors: at 1,769 MB it has one whole, and two take twice that.

    Least of all is what Python, the upload and the smallest query need; the most is Lambda's: 10,240, and 32,768 with
    `managedInstances`.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    """

    worker_storage_mb: Annotated[int, Meta(ge=512, le=10_240)] = 4_096
    """The worker's /tmp, where a query spills what does not fit into its memory.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
    """

    worker_timeout_seconds: Annotated[int, Meta(ge=60, le=LONGEST_MANAGED_S)] = 900
    """How long a report may take. The worker's deadline, the alarm on it, and what may be waited for follow from this
    alone. Lambda's own limit is 900, and 5,400 with `managedInstances`."""

    worker_reserved_concurrency: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    """At most so many reports run at once, and the account keeps room for as many.

    Others wait, in no order, and fail with `noWorkerFree` when they are older than `eventMaxAgeSeconds`: that has to be
    long enough for the reports of one analyst, if each takes the worker's whole time.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    """

    managed_instances: bool = False
    """Run the worker on EC2 instances that Lambda manages: for up to 90 minutes, with up to 32 GB of memory.

    They are paid by the hour, whether or not reports are asked for.
    """

    instance_subnet_ids: Annotated[str, _SUBNETS] | None = None
    """The subnets of the instances, with commas between them, better in three zones.

    Whatever the worker asks for goes through them: S3, DynamoDB, Lambda, API Gateway, CloudWatch Logs and the
    distributed engine have to be reached from there, by a NAT gateway or by endpoints of the VPC.
    """

    instance_security_group_ids: Annotated[str, _GROUPS] | None = None
    """Their security groups, with commas between them. The worker is called by nobody there, and calls others."""

    least_workers: _Workers | None = None
    """So many workers are kept ready on the instances, 1 unless set: Lambda starts none as an event comes."""

    most_workers: _Workers | None = None
    """At most so many reports run at once there, 10 unless set. It bounds the costs: each has its own processors."""

    @property
    def subnets(self) -> list[str]:
        """The subnets of `instance_subnet_ids`."""
        return self.instance_subnet_ids.split(",") if self.instance_subnet_ids else []

    @property
    def security_groups(self) -> list[str]:
        """The security groups of `instance_security_group_ids`."""
        return self.instance_security_group_ids.split(",") if self.instance_security_group_ids else []

    @property
    def workers(self) -> tuple[int, int]:
        """How many workers there are on managed instances: at least, and at most."""
        return self.least_workers or LEAST_WORKERS, self.most_workers or MOST_WORKERS

    @property
    def processors(self) -> int:
        """How many processors a worker has on managed instances."""
        return self.worker_memory_mb // PROCESSOR_MB

    @property
    def most_at_once(self) -> tuple[str, int] | None:
        """The setting that limits how many reports run at once, and how many; None where nothing does."""
        if self.managed_instances:
            return "mostWorkers", self.workers[1]
        reserved = self.worker_reserved_concurrency
        return ("workerReservedConcurrency", reserved) if reserved else None

    def contradictions_of_worker(self, endpoint: str) -> Iterator[str]:
        """Yield a sentence for each two of these settings that do not go together."""
        yield from self._of_managed(endpoint) if self.managed_instances else self._of_unmanaged()

    def _of_unmanaged(self) -> Iterator[str]:
        for_instances = {
            "instanceSubnetIds": self.instance_subnet_ids,
            "instanceSecurityGroupIds": self.instance_security_group_ids,
            "leastWorkers": self.least_workers,
            "mostWorkers": self.most_workers,
        }
        yield from (f"{name} is for managedInstances, which is off." for name, value in for_instances.items() if value)
        if self.worker_timeout_seconds > LONGEST_S:
            yield f"workerTimeoutSeconds must be at most {LONGEST_S} without managedInstances."
        if self.worker_memory_mb > LARGEST_MB:
            yield f"workerMemoryMb must be at most {LARGEST_MB:,} without managedInstances."

    def _of_managed(self, endpoint: str) -> Iterator[str]:
        least, most = self.workers
        if endpoint.startswith("ws://"):
            yield "managedInstances needs AWS: the emulator has no instances."
        if not self.subnets or not self.security_groups:
            yield "managedInstances needs instanceSubnetIds and instanceSecurityGroupIds: instances are in your VPC."
        if self.worker_memory_mb % PROCESSOR_MB:
            yield f"workerMemoryMb must be a multiple of {PROCESSOR_MB:,} with managedInstances: that is a processor's."
        if self.worker_reserved_concurrency:
            yield "workerReservedConcurrency is not for managedInstances: mostWorkers limits them."
        if least > most:
            yield f"leastWorkers must not be more than mostWorkers, {most}."
