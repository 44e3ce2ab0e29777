"""All rules: the pack's contents.

data, access, tokens, operation ──▶ **RULES** ──▶ pack, tests
"""

from infra.policy_pack.access_rules import ACCESS
from infra.policy_pack.data_rules import DATA
from infra.policy_pack.operation_rules import OPERATION
from infra.policy_pack.rule import Rule
from infra.policy_pack.token_rules import TOKENS

RULES: tuple[Rule, ...] = (*DATA, *ACCESS, *TOKENS, *OPERATION)
