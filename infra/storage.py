"""Buckets and tables.

settings ──▶ **storage** ──▶ functions (names), policies (ARNs)
"""

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import dynamodb, s3

from infra import policies
from infra.settings import Settings

KEPT_VERSION_DAYS = 30
"""How long a dataset is kept that was overwritten or removed."""
OWNER_INDEX = "byOwner"
ACTIVE_INDEX = "active"


class Storage(pulumi.ComponentResource):
    """Everything that outlives a function: rows, files, datasets."""

    def __init__(self, settings: Settings, opts: ResourceOptions | None = None) -> None:
        super().__init__("reportwire:index:Storage", "storage", None, opts)
        self._settings = settings
        self._kept = ResourceOptions(parent=self, protect=settings.protect_data)
        self.connections = self._table(
            "connections",
            hash_key="connectionId",
            attributes=[dynamodb.TableAttributeArgs(name="connectionId", type="S")],
        )
        self.reports = self._reports_table()
        self.report_files = self._bucket("reports", expire_days=settings.file_ttl_days)
        self.datasets = self._bucket("datasets", expire_days=None)
        self.register_outputs({})

    @property
    def owner_index_arn(self) -> Output[str]:
        """The ARN of the index that lists an owner's reports."""
        return Output.concat(self.reports.arn, "/index/", OWNER_INDEX)

    @property
    def active_index_arn(self) -> Output[str]:
        """The ARN of the index that lists an owner's reports that have not ended."""
        return Output.concat(self.reports.arn, "/index/", ACTIVE_INDEX)

    @property
    def report_objects_arn(self) -> Output[str]:
        """The ARN of every file in the reports bucket."""
        return Output.concat(self.report_files.arn, "/*")

    @property
    def dataset_objects_arn(self) -> Output[str]:
        """The ARN of every file in the datasets bucket."""
        return Output.concat(self.datasets.arn, "/*")

    def _reports_table(self) -> dynamodb.Table:
        return self._table(
            "reports",
            hash_key="reportId",
            attributes=[
                dynamodb.TableAttributeArgs(name=name, type="S")
                for name in ("reportId", "owner", "activeOwner", "createdAt")
            ],
            global_secondary_indexes=[
                _index(OWNER_INDEX, "owner", "ALL"),
                _index(ACTIVE_INDEX, "activeOwner", "KEYS_ONLY"),  # which a tick does not write to
            ],
            point_in_time_recovery=dynamodb.TablePointInTimeRecoveryArgs(enabled=self._settings.point_in_time_recovery),
        )

    def _table(
        self,
        name: str,
        *,
        hash_key: str,
        attributes: list[dynamodb.TableAttributeArgs],
        global_secondary_indexes: list[dynamodb.TableGlobalSecondaryIndexArgs] | None = None,
        point_in_time_recovery: dynamodb.TablePointInTimeRecoveryArgs | None = None,
    ) -> dynamodb.Table:
        return dynamodb.Table(
            name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=hash_key,
            attributes=attributes,
            global_secondary_indexes=global_secondary_indexes,
            ttl=dynamodb.TableTtlArgs(attribute_name="expiresAt", enabled=True),
            point_in_time_recovery=point_in_time_recovery,
            server_side_encryption=self._key_of_tables(),
            deletion_protection_enabled=self._settings.protect_data,
            opts=self._kept,
        )

    def _key_of_tables(self) -> dynamodb.TableServerSideEncryptionArgs | None:
        key = self._settings.kms_key_arn
        return dynamodb.TableServerSideEncryptionArgs(enabled=True, kms_key_arn=key) if key else None

    def _bucket(self, name: str, *, expire_days: int | None) -> s3.Bucket:
        key = self._settings.kms_key_arn
        bucket = s3.Bucket(name, force_destroy=not self._settings.protect_data, opts=self._kept)
        within = ResourceOptions(parent=bucket, protect=False)
        closed = s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=within,
        )
        s3.BucketOwnershipControls(
            name,
            bucket=bucket.bucket,
            rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=within,
        )
        s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.bucket,
            rules=[
                s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=(
                        s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                            sse_algorithm="aws:kms" if key else "AES256", kms_master_key_id=key
                        )
                    ),
                    bucket_key_enabled=True if key else None,  # or each object would cost a request to KMS
                )
            ],
            opts=within,
        )
        s3.BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=policies.document(policies.tls_only(bucket.arn)),
            # S3 refuses two changes of one bucket's access at once.
            opts=ResourceOptions.merge(within, ResourceOptions(depends_on=[closed])),
        )
        versioning = [] if expire_days else [_versioned(name, bucket, within)]
        s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.bucket,
            rules=_lifecycle(expire_days),
            # What versions of others expire is only known to a bucket that has versions.
            opts=ResourceOptions.merge(within, ResourceOptions(depends_on=versioning)),
        )
        return bucket


def _versioned(name: str, bucket: s3.Bucket, opts: ResourceOptions) -> s3.BucketVersioning:
    """Have a bucket keep what is overwritten or removed, for as long as its lifecycle says."""
    enabled = s3.BucketVersioningVersioningConfigurationArgs(status="Enabled")
    return s3.BucketVersioning(name, bucket=bucket.bucket, versioning_configuration=enabled, opts=opts)


def _index(name: str, owner_attribute: str, projection: str) -> dynamodb.TableGlobalSecondaryIndexArgs:
    keys = ((owner_attribute, "HASH"), ("createdAt", "RANGE"))
    return dynamodb.TableGlobalSecondaryIndexArgs(
        name=name,
        projection_type=projection,
        key_schemas=[
            dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=attribute, key_type=kind)
            for attribute, kind in keys
        ],
    )


def _lifecycle(expire_days: int | None) -> list[s3.BucketLifecycleConfigurationRuleArgs]:
    """Return the rules of a bucket whose objects expire, or else of one that is versioned."""
    expiration = s3.BucketLifecycleConfigurationRuleExpirationArgs
    noncurrent = s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(noncurrent_days=KEPT_VERSION_DAYS)
    return [
        s3.BucketLifecycleConfigurationRuleArgs(
            id="clean-up",
            status="Enabled",
            filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
            expiration=expiration(days=expire_days) if expire_days else expiration(expired_object_delete_marker=True),
            noncurrent_version_expiration=None if expire_days else noncurrent,
            abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=1
            ),
        )
    ]
