"""Writes the documents anew: `python -m backend.documents`."""

import json
from collections.abc import Mapping

from backend.documents import asyncapi, openapi
from backend.web.catalog import FOLDER


def written() -> Mapping[str, str]:
    """Return the documents' texts by the names of their files."""
    documents = {"openapi.json": openapi.document(), "asyncapi.json": asyncapi.document()}
    return {name: json.dumps(each, ensure_ascii=False, indent=1) + "\n" for name, each in documents.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in written().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
