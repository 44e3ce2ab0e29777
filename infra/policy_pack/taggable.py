"""Types of the AWS provider that can bear tags.

pulumi-aws's sources ──▶ **is_taggable** ──▶ rules
"""

import re
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

PREFIX = "aws:"


@cache
def is_taggable(type_: str) -> bool:
    """Tell from the provider's source, by Pulumi's name of a type: importing all of it takes seconds."""
    if not type_.startswith(PREFIX):
        return False
    service, _, names = type_.removeprefix(PREFIX).partition("/")
    file = re.sub(r"(?=[A-Z])", "_", names.split(":")[0]).lower()
    package = {"lambda": "lambda_"}.get(service, service)
    source = Path(str(distribution("pulumi-aws").locate_file(f"pulumi_aws/{package}/{file}.py")))
    return source.is_file() and "def tags(self)" in source.read_text()
