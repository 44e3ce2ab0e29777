"""What each function of the backend asks AWS for, read from its source.

entry point ── the names it leads to ──▶ use cases ── ports' methods ──▶ adapters ──▶ requests

A definition leads to every other it names. `self.reports.get` is the `get` of the port that fields and parameters
called `reports` are annotated with, so one name must not stand for two ports.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

ADAPTERS: Mapping[str, str] = {
    "ReportStore": "ReportTable",
    "ConnectionStore": "ConnectionTable",
    "ResultStore": "ResultBucket",
    "DatasetStore": "DatasetBucket",
    "Upload": "MultipartUpload",
    "Push": "ConnectionPush",
    "Invoke": "WorkerInvocation",
}
"""Ports to adapters, both by name. `Upload` and `ResultStore` are of the same bucket."""

Place = tuple[str, str]
"""A module, and a name in it."""

Request = tuple[str, str]
"""A port, and the method of the client its adapter calls."""


def requests(function: str) -> set[Request]:
    """Return the requests that a function may send."""
    uses = _port_uses(_reached((f"backend.{function}", "handler")))
    return {(port, request) for port, method in uses for request in _requests(port, method)}


def all_requests() -> set[Request]:
    """Return every request the adapters know."""
    return {(port, request) for port in ADAPTERS for method in _methods(port) for request in _requests(port, method)}


@cache
def _modules() -> dict[str, ast.Module]:
    files = {path.relative_to(ROOT).with_suffix(""): path for path in (ROOT / "backend").rglob("*.py")}
    return {".".join(name.parts).removesuffix(".__init__"): ast.parse(path.read_text()) for name, path in files.items()}


@cache
def _definitions() -> dict[Place, ast.stmt]:
    """Return the classes and functions at the top of the modules."""
    return {
        (module, node.name): node
        for module, tree in _modules().items()
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }


@cache
def _imported(module: str) -> dict[str, Place]:
    """Return where the names come from that a module imports; what is a module itself stands without a name."""
    return {
        alias.name: (f"{node.module}.{alias.name}", "")
        if f"{node.module}.{alias.name}" in _modules()
        else (node.module, alias.name)
        for node in ast.walk(_modules()[module])
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _reached(start: Place) -> Iterator[ast.AST]:
    """Give the definition at `start` and every other it leads to, but for the adapters."""
    found = [start]
    for place in found:  # which grows meanwhile
        definition = _definitions()[place]
        yield definition
        led = {_place(place[0], node) for node in ast.walk(definition)} & _definitions().keys()
        found += [each for each in led if each not in found and not each[0].startswith("backend.aws")]


def _place(module: str, node: ast.AST) -> Place:
    """Return where that is defined to which `node` refers in `module`."""
    match node:
        case ast.Name(id=name):
            return _imported(module).get(name, (module, name))
        case ast.Attribute(value=ast.Name(id=other), attr=name):
            return (_imported(module).get(other, ("", ""))[0], name)
        case _:
            return ("", "")


def _port_uses(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Give port and method of every use of a port; a port that is a callable has `__call__` only."""
    for node in (each for root in nodes for each in ast.walk(root)):
        match node:
            case ast.Attribute(value=owner, attr=method):
                yield from _use(owner, method)
            case ast.Call(func=port):
                yield from _use(port, "__call__")
            case _:
                pass


def _use(owner: ast.expr, method: str) -> Iterator[tuple[str, str]]:
    port = _port_names().get(_last_name(owner).lstrip("_"))
    if port and method in _methods(port):
        yield port, method


@cache
def _port_names() -> dict[str, str]:
    """Return the names that fields and parameters give to ports."""
    annotated = [
        (node.arg if isinstance(node, ast.arg) else _last_name(node.target), _last_name(node.annotation))
        for module in _modules().values()
        for node in ast.walk(module)
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation
    ]
    return {name: port for name, port in annotated if port in ADAPTERS}


def _last_name(node: ast.expr) -> str:
    """Return `c` of `a.b.c`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


@cache
def _methods(port: str) -> dict[str, ast.FunctionDef]:
    """Return the methods of a port's adapter."""
    (adapter,) = [node for (_, name), node in _definitions().items() if name == ADAPTERS[port]]
    return {node.name: node for node in ast.walk(adapter) if isinstance(node, ast.FunctionDef)}


def _requests(port: str, method: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the requests of an adapter's method and of those it calls on itself; a query with the index it reads."""
    found: set[str] = set()
    indexes = {
        node.value.id
        for node in ast.walk(_methods(port)[method])
        if isinstance(node, ast.keyword) and node.arg == "IndexName" and isinstance(node.value, ast.Name)
    }
    for node in ast.walk(_methods(port)[method]):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="generate_presigned_url" | "get_paginator"),
                args=[ast.Constant(value=str(named)), *_],
            ):
                found.add(named)
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="client" | "_client"), attr=request)):
                found.add(request)
            case ast.Attribute(value=ast.Name(id="self"), attr=own) if own in _methods(port).keys() - seen:
                found |= _requests(port, own, seen | {method})
            case _:
                pass
    return found - {"query"} | {f"query {index}" for index in indexes} if indexes else found
