"""Apply what a distributed engine reads and runs in: a database in Glue, its tables, a workgroup of Athena's.

apply ──▶ **engine_appliers** ──▶ boto3
"""

from typing import Any

from infra.local import differences
from infra.local.applying.applier import Applier, Clients, physical_name
from infra.local.applying.inputs import Inputs, pascal, tag_list
from infra.local.recording.graph import Attributes


def create_database(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a database."""
    glue, database = aws("glue"), physical_name(name, inputs)
    glue.create_database(
        DatabaseInput={"Name": database, "Description": inputs["description"]}, Tags=dict(inputs["tags"])
    )
    arn = _glue_arn(glue, f"database/{database}")
    return {"id": database, "name": database, "arn": arn, "catalogId": differences.ACCOUNT_ID}


def create_table(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a table of the files of a dataset."""
    glue, database, table = aws("glue"), inputs["databaseName"], physical_name(name, inputs)
    described = {
        "Name": table,
        "TableType": inputs["tableType"],
        "Parameters": inputs["parameters"],
        "PartitionKeys": pascal(inputs["partitionKeys"]),
        "StorageDescriptor": pascal(inputs["storageDescriptor"]),
    }
    glue.create_table(DatabaseName=database, TableInput=described)
    return {"id": f"{database}:{table}", "name": table, "arn": _glue_arn(glue, f"table/{database}/{table}")}


def create_workgroup(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a workgroup. How it may be deleted matters to the engine only."""
    athena, workgroup = aws("athena"), physical_name(name, inputs)
    inputs.get("forceDestroy")
    athena.create_work_group(
        Name=workgroup,
        Description=inputs["description"],
        Configuration=pascal(inputs["configuration"]),
        Tags=tag_list(inputs["tags"]),
    )
    arn = f"arn:aws:athena:{athena.meta.region_name}:{differences.ACCOUNT_ID}:workgroup/{workgroup}"
    return {"id": workgroup, "name": workgroup, "arn": arn}


def _glue_arn(glue: Any, resource: str) -> str:  # noqa: ANN401  boto3's
    return f"arn:aws:glue:{glue.meta.region_name}:{differences.ACCOUNT_ID}:{resource}"


APPLIERS: dict[str, Applier] = {
    "aws:glue/catalogDatabase:CatalogDatabase": create_database,
    "aws:glue/catalogTable:CatalogTable": create_table,
    "aws:athena/workgroup:Workgroup": create_workgroup,
}
