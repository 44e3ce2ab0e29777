"""Apply tables and buckets.

apply ──▶ **storage** ──▶ boto3
"""

from infra.local.applying.applier import Applier, Clients, physical_name
from infra.local.applying.inputs import Inputs, pascal, tag_list
from infra.local.recording.graph import Attributes


def create_table(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a table, then set what can only be set on an existing one."""
    dynamodb = aws("dynamodb")
    indexes = [_index(index) for index in inputs.get("globalSecondaryIndexes", [])]
    table = dynamodb.create_table(
        TableName=physical_name(name, inputs),
        BillingMode=inputs["billingMode"],
        KeySchema=[{"AttributeName": inputs["hashKey"], "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": attribute["name"], "AttributeType": attribute["type"]}
            for attribute in inputs["attributes"]
        ],
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
        DeletionProtectionEnabled=inputs["deletionProtectionEnabled"],
        Tags=tag_list(inputs["tags"]),
    )["TableDescription"]
    dynamodb.update_time_to_live(TableName=table["TableName"], TimeToLiveSpecification=pascal(inputs["ttl"]))
    recovery = inputs.get("pointInTimeRecovery")
    if recovery:
        dynamodb.update_continuous_backups(
            TableName=table["TableName"],
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": recovery["enabled"]},
        )
    return {"id": table["TableName"], "name": table["TableName"], "arn": table["TableArn"]}


def _index(index: dict[str, object]) -> dict[str, object]:
    return {
        "IndexName": index["name"],
        "KeySchema": pascal(index["keySchemas"]),
        "Projection": {"ProjectionType": index["projectionType"]},
    }


def create_bucket(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a bucket. How it may be deleted matters to the engine only."""
    s3 = aws("s3")
    inputs.get("forceDestroy")
    bucket = inputs.get("bucket") or physical_name(name, inputs)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_list(inputs["tags"])})
    return {"id": bucket, "bucket": bucket, "arn": f"arn:aws:s3:::{bucket}"}


def block_public_access(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Refuse public access to a bucket."""
    switches = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    configuration = pascal({switch: inputs[switch] for switch in switches})
    aws("s3").put_public_access_block(Bucket=inputs["bucket"], PublicAccessBlockConfiguration=configuration)
    return {"id": inputs["bucket"]}


def set_ownership(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Set the owner of objects that others write into a bucket."""
    rules = {"Rules": [pascal(inputs["rule"])]}
    aws("s3").put_bucket_ownership_controls(Bucket=inputs["bucket"], OwnershipControls=rules)
    return {"id": inputs["bucket"]}


def encrypt(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Encrypt a bucket."""
    configuration = {"Rules": pascal(inputs["rules"])}
    aws("s3").put_bucket_encryption(Bucket=inputs["bucket"], ServerSideEncryptionConfiguration=configuration)
    return {"id": inputs["bucket"]}


def set_versioning(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Set whether a bucket keeps what is overwritten or removed."""
    configuration = pascal(inputs["versioningConfiguration"])
    aws("s3").put_bucket_versioning(Bucket=inputs["bucket"], VersioningConfiguration=configuration)
    return {"id": inputs["bucket"]}


def set_lifecycle(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Set when a bucket's objects and unfinished uploads expire."""
    configuration = {"Rules": pascal(inputs["rules"])}
    aws("s3").put_bucket_lifecycle_configuration(Bucket=inputs["bucket"], LifecycleConfiguration=configuration)
    return {"id": inputs["bucket"]}


def set_bucket_policy(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Set who may not do what with a bucket."""
    aws("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=inputs["policy"])
    return {"id": inputs["bucket"]}


APPLIERS: dict[str, Applier] = {
    "aws:dynamodb/table:Table": create_table,
    "aws:s3/bucket:Bucket": create_bucket,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": block_public_access,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": set_ownership,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encrypt,
    "aws:s3/bucketVersioning:BucketVersioning": set_versioning,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": set_lifecycle,
    "aws:s3/bucketPolicy:BucketPolicy": set_bucket_policy,
}
