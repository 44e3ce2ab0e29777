"""The names in the READMEs are those of the code."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("backend", "desktop", "infra", "tests")
NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
OF_OTHERS = {"Host", "Origin", "fetch", "pytest", "PySide6"}
"""Words in the tables that are no names of ours."""


@cache
def names() -> frozenset[str]:
    """Return every name that a module, a class in it, or one of its functions has, by its whole path."""
    found: set[str] = set()
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found |= {module, *(f"{module}.{name}" for name in _defined(ast.parse(file.read_text()).body))}
    return frozenset(found)


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
                yield from (f"{name}.{inner}" for inner in _defined(node.body))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=targets):
                yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
            case _:
                pass


def is_known(name: str) -> bool:
    return any(known == name or known.endswith(f".{name}") for known in names())


def quoted(text: str) -> list[str]:
    """Return what stands between backticks outside of blocks of code."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


TESTS = (ROOT / "tests/README.md").read_text()


@pytest.mark.parametrize("name", sorted({each for each in quoted(TESTS) if NAME.fullmatch(each) and "." in each}))
def test_dotted_name_is_one_of_the_code(name: str) -> None:
    if name.endswith(".py"):
        assert list(ROOT.glob(f"tests/**/{name}"))
    elif Path(ROOT, name).suffix not in {".lock", ".md"}:
        assert is_known(name)


@pytest.mark.parametrize(
    "name", sorted({each for each in quoted(TESTS) if each.startswith("test_") and "." not in each})
)
def test_test_is_one_of_these(name: str) -> None:
    assert is_known(name)


@pytest.mark.parametrize("path", sorted({each for each in quoted(TESTS) if "/" in each and " " not in each}))
def test_path_is_there(path: str) -> None:
    assert (ROOT / "tests" / path).exists() or (ROOT / path).exists()


def test_table_of_folders_is_the_tree() -> None:
    readme = (ROOT / "README.md").read_text()
    listed: dict[str, list[str]] = {}
    for cell in re.findall(r"^\| (\*\*)?`(\w+)/`(?:\*\*)? \|", readme, flags=re.MULTILINE):
        is_package, folder = cell
        if is_package:
            listed[folder] = []
        else:
            listed[list(listed)[-1]].append(folder)
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for package in ("backend", "desktop", "infra"):
        rooms = {
            Path(file).parts[1] for file in tracked if Path(file).parts[0] == package and len(Path(file).parts) > 2
        }
        assert set(listed[package]) == rooms
    assert list(listed) == list(PACKAGES)


def test_no_folder_has_more_than_fifteen_modules() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    folders = [str(Path(file).parent) for file in tracked if file.endswith(".py")]
    assert max(folders.count(folder) for folder in set(folders)) <= 15
