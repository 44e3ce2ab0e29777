"""Tags on everything that can carry them.

settings ──▶ **tagging** ──▶ every resource of the stack, before it is registered
"""

from collections.abc import Mapping
from typing import Any, cast

import pulumi
from pulumi.runtime import register_stack_transformation


def tag_everything(tags: Mapping[str, str]) -> None:
    """Add `tags` to every resource declared from now on, under those it sets itself.

    Done here rather than with the provider's default tags, so that they show in the preview and in the recorded graph.
    """

    def add_tags(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        props = cast("dict[str, Any]", args.props)
        if not args.type_.startswith("aws:") or "tags" not in props:
            return None
        tagged = {**props, "tags": {**tags, **(props["tags"] or {})}}
        return pulumi.ResourceTransformationResult(tagged, args.opts)

    register_stack_transformation(add_tags)
