"""The parts of AWS, by the regions that are in them.

region ──▶ **partition_of** ──▶ settings. Pure.
"""

from typing import NamedTuple


class Partition(NamedTuple):
    """A part of AWS with accounts of its own."""

    id: str
    """The second part of its ARNs."""
    dns_suffix: str
    """The end of its hosts' names."""


PARTITIONS = {
    "cn-": Partition("aws-cn", "amazonaws.com.cn"),
    "eusc-": Partition("aws-eusc", "amazonaws.eu"),
    "us-gov-": Partition("aws-us-gov", "amazonaws.com"),
    "us-iso-": Partition("aws-iso", "c2s.ic.gov"),
    "us-isob-": Partition("aws-iso-b", "sc2s.sgov.gov"),
    "eu-isoe-": Partition("aws-iso-e", "cloud.adc-e.uk"),
    "us-isof-": Partition("aws-iso-f", "csp.hci.ic.gov"),
}
"""By the beginning of their regions; all others are of `USUAL_PARTITION`.

Source: https://github.com/boto/botocore/blob/master/botocore/data/partitions.json
"""
USUAL_PARTITION = Partition("aws", "amazonaws.com")


def partition_of(region: str) -> Partition:
    """Return the partition that a region is in."""
    found = (partition for start, partition in PARTITIONS.items() if region.startswith(start))
    return next(found, USUAL_PARTITION)
