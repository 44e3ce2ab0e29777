"""What a bundle has and has not, without building one: `test_bundle.py` does that."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

import pytest
from botocore.loaders import Loader

from desktop.installer import contents

ROOT = Path(__file__).parents[3]
WITHOUT_WHAT_IS_LEFT_OUT = f"""
import importlib, sys

LEFT_OUT = {contents.LEFT_OUT!r}

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in LEFT_OUT:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
for name in {[*contents.modules(), *contents.BY_NAME]!r}:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(name, error.name)
"""


def installed(package: str) -> Path:
    """Return the folder of a package, without importing it."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def entry(place: str) -> contents.Entry:
    return (place, f"/here/{place}", "BINARY")


@pytest.mark.slow
def test_no_module_needs_what_is_left_out_before_it_is_used() -> None:
    command = [sys.executable, "-c", WITHOUT_WHAT_IS_LEFT_OUT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_every_module_of_the_program_is_there_and_none_of_the_installer() -> None:
    modules = set(contents.modules())
    assert {"desktop.__main__", "desktop.program", "desktop.widgets.pane.chart_canvas", "backend.protocol"} <= modules
    assert not {name for name in modules if name.startswith(("desktop.installer", "backend.engine", "infra"))}


def test_every_file_that_the_program_reads_is_there() -> None:
    tracked = subprocess.run(["git", "ls-files", "desktop"], cwd=ROOT, capture_output=True, text=True, check=True)
    read = {path for path in tracked.stdout.split() if not path.endswith(".py") and "/installer/" not in path}
    found = {f"{folder}/{Path(path).name}" for path, folder in contents.data_files()}
    assert found == read
    assert {"desktop/wording/german.tsv", "desktop/widgets/theme/icons/20/report.svg"} <= found


def test_sign_in_finds_its_services_and_no_other_is_there(tmp_path: Path) -> None:
    data = installed("botocore")
    files = [path.relative_to(data.parent) for path in (data / "data").rglob("*") if path.is_file()]
    kept = [path for path in files if contents.is_wanted(PurePosixPath(path))]
    for path in kept:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).symlink_to(data.parent / path)
    loader = Loader(extra_search_paths=[str(tmp_path / "botocore/data")], include_default_search_paths=False)
    assert loader.list_available_services("service-2") == sorted(contents.SIGN_IN_SERVICES)
    for name in ("endpoints", "partitions", "_retry", "sdk-default-configuration"):
        assert loader.load_data(name)


@pytest.mark.skipif(sys.platform != "linux", reason="the plugins of Linux")
def test_qt_has_the_plugins_that_a_screen_needs_and_few_more() -> None:
    plugins = installed("PySide6") / "Qt/plugins"
    places = [path.relative_to(plugins) for path in plugins.rglob("*.so")]
    kept = {str(place) for place in places if contents.is_wanted(PurePosixPath("PySide6/Qt/plugins", place))}
    assert {"platforms/libqxcb.so", "platforms/libqwayland.so", "iconengines/libqsvgicon.so"} <= kept
    assert {Path(place).parent.name for place in kept}.isdisjoint({"sqldrivers", "tls", "qmltooling", "designer"})


@pytest.mark.parametrize(
    ("place", "is_wanted"),
    [
        ("PySide6/Qt/lib/libQt6Core.so.6", True),
        ("libQt6Svg.so.6", True),
        ("PySide6/Qt6Widgets.dll", True),
        ("PySide6/QtWidgets.abi3.so", True),
        ("PySide6/QtWidgets.pyd", True),
        ("PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6/Qt6Network.dll", False),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/translations/qtbase_de.qm", True),
        ("PySide6/Qt/translations/qtbase_fr.qm", False),
        ("PySide6/Qt/qml/QtQuick/qmldir", False),
        ("botocore/data/sso-oidc/2019-06-10/service-2.json.gz", True),
        ("botocore/data/s3/2006-03-01/service-2.json.gz", False),
        ("desktop/widgets/theme/icons/16/add.svg", True),
        ("libpython3.11.so.1.0", True),
        ("numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so", True),
    ],
)
def test_file_is_chosen_by_its_place(place: str, *, is_wanted: bool) -> None:
    assert contents.is_wanted(PurePosixPath(place)) is is_wanted
    assert contents.wanted([entry(place.replace("/", "\\"))]) == (
        [entry(place.replace("/", "\\"))] if is_wanted else []
    )


def test_libraries_that_nothing_links_any_more_are_left_out() -> None:
    links = {"/here/plugins/libqxcb.so": ["libxcb.so.1", "libc.so.6"], "/here/libgtk-3.so.0": ["libcairo.so.2"]}
    places = ("plugins/libqxcb.so", "libxcb.so.1", "libgtk-3.so.0", "libcairo.so.2", "libpython3.11.so.1.0")
    kept = contents.linked(map(entry, places), lambda path: links.get(path, ()))
    assert [place for place, *_ in kept] == ["plugins/libqxcb.so", "libxcb.so.1", "libpython3.11.so.1.0"]
