"""Users of the emulator who may do everything and sign for it: its own administrator's key works nowhere by itself."""

import json
import uuid

from infra.local.backend import LocalBackend

EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def create_administrator(local: LocalBackend) -> tuple[str, str]:
    """Return the access key id and the secret of a new one."""
    iam, name = local.client("iam"), f"administrator-{uuid.uuid4()}"
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]
