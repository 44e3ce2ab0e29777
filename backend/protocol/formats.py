"""The options of each file format, as JSON Schemas like those of parameters.

form, command line ──▶ **OPTIONS** ◀── submission
"""

from collections.abc import Mapping

from backend.protocol.parameters import Schema

OPTIONS: Mapping[str, Schema] = {
    "csv": {
        "type": "object",
        "properties": {
            "delimiter": {
                "type": "string",
                "title": "Delimiter",
                "description": "What stands between cells. Where commas are for decimals, Excel expects a semicolon.",
                "enum": [",", ";", "\t", "|"],
                "default": ",",
            },
            "bom": {
                "type": "boolean",
                "title": "Byte order mark",
                "description": "Begin the file with the mark by which Excel knows that it is UTF-8.",
                "default": False,
            },
        },
    },
    "xlsx": {"type": "object", "properties": {}},
    "parquet": {"type": "object", "properties": {}},
}
"""A format and what `formatOptions` may hold for it."""
