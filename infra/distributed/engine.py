"""The distributed engine of a stack: tables of its datasets, a workgroup of Athena's or the address of a Trino cluster.

settings, storage, tables ──▶ **declare** ──▶ variables and statements of the worker

Sources: https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html,
https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import athena, glue

from infra import bundle
from infra.configuration.distributed import GIGABYTE, partitions_of
from infra.policies import Statement, allow
from infra.settings import Settings
from infra.storage import Storage

if TYPE_CHECKING:
    from infra.distributed.tables import Table

ENGINE_VERSION = "Athena engine version 3"
"""The one that follows Trino. Source: https://docs.aws.amazon.com/athena/latest/ug/engine-versions-reference-0003.html"""
CENTS_PER_TERABYTE = 500
"""Of what Athena reads, in most regions. Source: https://athena.guide (October 2020)"""
RESULTS = "athena"
"""The folder of the bucket of reports in which Athena leaves the manifests of queries; it expires like files."""
ROWS = "*/rows/*"
"""The folders of the bucket of reports in which an engine leaves rows, until they are a file."""
_REMADE = ResourceOptions(replace_on_changes=["partition_keys"], delete_before_replace=True)
"""A table with other keys is another: the partitions of the one before have values that do not go with them."""
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributedEngine:
    """What the worker is told of the engine, and what it may do there."""

    variables: dict[str, Input[str]]
    statements: Sequence[Statement]


def declare(settings: Settings, storage: Storage) -> DistributedEngine | None:
    """Declare the engine of a stack, None where there is none."""
    if settings.distributed_engine == "none":
        return None
    tables = DatasetTables(settings, storage)
    common: dict[str, Input[str]] = {
        "DISTRIBUTED_ENGINE": settings.distributed_engine,
        "DISTRIBUTED_FROM_BYTES": str(settings.distributed_from_gb * GIGABYTE),
        **({"DATASET_PARTITIONS": settings.dataset_partitions} if settings.dataset_partitions else {}),
    }
    clean = allow("CleanUp", ["s3:DeleteObject"], Output.concat(storage.report_files.arn, "/", ROWS))
    is_athena = settings.distributed_engine == "athena"
    engine = _athena(settings, storage, tables) if is_athena else _trino(settings, tables)
    return DistributedEngine(variables={**common, **engine.variables}, statements=[clean, *engine.statements])


class DatasetTables(pulumi.ComponentResource):
    """A database in Glue with a table of each dataset that reports read there."""

    def __init__(self, settings: Settings, storage: Storage, opts: ResourceOptions | None = None) -> None:
        from infra.distributed import tables  # noqa: PLC0415  of use to no other stack

        super().__init__("reportwire:index:DatasetTables", "datasets", None, opts)
        within = ResourceOptions(parent=self)
        self._settings = settings
        self.database = glue.CatalogDatabase("datasets", description="What reports read.", opts=within)
        try:
            found = tables.tables_of(tables.read_compiled(bundle.ROOT / "backend/reports/compiled"))
            declared = tables.partitioned(found, partitions_of(settings.dataset_partitions))
        except tables.NoTable as error:
            raise pulumi.RunError(str(error)) from None
        self.tables = {name: self._table(name, table, storage, within) for name, table in declared.items()}
        self._partitioned = [name for name, table in declared.items() if table.keys]
        self.register_outputs({})

    @property
    def arns(self) -> list[Output[str]]:
        """The ARNs that a reader of the tables is asked for: of the catalog, the database and each table."""
        return [*self.above_arns, *(table.arn for table in self.tables.values())]

    @property
    def partitioned_arns(self) -> list[Output[str]]:
        """The same for who enters partitions; none where no table has any."""
        return [*self.above_arns, *(self.tables[name].arn for name in self._partitioned)] if self._partitioned else []

    @property
    def above_arns(self) -> list[Output[str]]:
        """The ARNs of the catalog and the database."""
        place = f"arn:{self._settings.partition.id}:glue:{self._settings.region}"
        return [Output.concat(place, ":", self.database.catalog_id, ":catalog"), self.database.arn]

    def _table(self, name: str, table: "Table", storage: Storage, opts: ResourceOptions) -> glue.CatalogTable:
        return glue.CatalogTable(
            f"dataset-{name}",
            name=name,
            database_name=self.database.name,
            table_type="EXTERNAL_TABLE",
            parameters={"EXTERNAL": "TRUE", "classification": "parquet"},
            storage_descriptor=glue.CatalogTableStorageDescriptorArgs(
                location=Output.concat("s3://", storage.datasets.bucket, f"/{name}/"),
                input_format=f"{_PARQUET}.MapredParquetInputFormat",
                output_format=f"{_PARQUET}.MapredParquetOutputFormat",
                ser_de_info=glue.CatalogTableStorageDescriptorSerDeInfoArgs(
                    serialization_library=f"{_PARQUET}.serde.ParquetHiveSerDe"
                ),
                columns=[
                    glue.CatalogTableStorageDescriptorColumnArgs(name=column, type=kind)
                    for column, kind in table.columns.items()
                ],
            ),
            partition_keys=[glue.CatalogTablePartitionKeyArgs(name=key, type=kind) for key, kind in table.keys.items()],
            opts=ResourceOptions.merge(opts, _REMADE),
        )


def _athena(settings: Settings, storage: Storage, tables: DatasetTables) -> DistributedEngine:
    key, limit_gb = settings.kms_key_arn, settings.athena_scan_limit_gb
    workgroup = athena.Workgroup(
        "reports",
        description="Queries of Reportwire's reports.",
        force_destroy=True,  # what it keeps is the history of queries
        configuration=athena.WorkgroupConfigurationArgs(
            enforce_workgroup_configuration=True,
            publish_cloudwatch_metrics_enabled=True,
            bytes_scanned_cutoff_per_query=limit_gb * GIGABYTE if limit_gb else None,
            engine_version=athena.WorkgroupConfigurationEngineVersionArgs(selected_engine_version=ENGINE_VERSION),
            result_configuration=athena.WorkgroupConfigurationResultConfigurationArgs(
                output_location=Output.concat("s3://", storage.report_files.bucket, f"/{RESULTS}/"),
                encryption_configuration=athena.WorkgroupConfigurationResultConfigurationEncryptionConfigurationArgs(
                    encryption_option="SSE_KMS" if key else "SSE_S3", kms_key_arn=key
                ),
            ),
        ),
    )
    entered = tables.partitioned_arns
    asked = ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:StopQueryExecution"]
    buckets = (storage.report_files.arn, storage.datasets.arn)
    return DistributedEngine(
        variables={
            "ATHENA_WORKGROUP": workgroup.name,
            "ATHENA_DATABASE": tables.database.name,
            "DISTRIBUTED_CENTS_PER_TERABYTE": str(CENTS_PER_TERABYTE),
        },
        statements=[
            allow("RunQueries", asked, workgroup.arn),
            allow("FindDatabase", ["glue:GetDatabase"], *tables.above_arns),
            allow("FindTables", ["glue:GetTable", "glue:GetPartitions"], *tables.arns),
            *(
                [allow("EnterPartitions", ["glue:BatchCreatePartition", "glue:DeletePartition"], *entered)]
                if entered
                else ()
            ),
            # Athena reads and writes S3 as whoever asks.
            allow("FindBuckets", ["s3:GetBucketLocation"], *buckets),
            allow("SeeUploads", ["s3:ListBucketMultipartUploads"], storage.report_files.arn),
            allow("SeeParts", ["s3:ListMultipartUploadParts"], storage.report_objects_arn),
        ],
    )


def _trino(settings: Settings, tables: DatasetTables) -> DistributedEngine:
    secret = settings.trino_secret_arn
    return DistributedEngine(
        variables={
            "TRINO_URL": settings.trino_url or "",
            "TRINO_USER": settings.trino_user,
            "TRINO_SIGN_IN": settings.trino_sign_in,
            "TRINO_CATALOG": settings.trino_catalog,
            "TRINO_SCHEMA": settings.trino_schema or tables.database.name,
            **({"TRINO_SECRET": secret} if secret else {}),
        },
        statements=[allow("ReadPassword", ["secretsmanager:GetSecretValue"], secret)] if secret else [],
    )
