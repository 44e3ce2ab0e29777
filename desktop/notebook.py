"""Reports for notebooks and programs: a call returns the file.

notebook, program ── a report's id, parameters ──▶ **get** ──▶ headless ──▶ a path, or the file in memory

    import polars as pl
    from desktop.notebook import get

    days = pl.read_parquet(get("worst-days", days=10))
"""

import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import overload

from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import Snapshot
from backend.protocol.printable import printable
from desktop.headless.asking import Asking
from desktop.headless.errors import (
    NotConnected,
    NotSaved,
    Refused,
    ReportCancelled,
    ReportError,
    ReportFailed,
    WrongRequest,
)
from desktop.headless.request import make_request
from desktop.headless.service import service
from desktop.local_backend import LocalBackendFailed
from desktop.outside.environment import WrongEnvironment
from desktop.outside.places import UnusablePlace, proved
from desktop.sign_in import profiles
from desktop.sign_in.profiles import InvalidProfile, Profile
from desktop.wording import numbers

__all__ = [
    "NotConnected",
    "NotSaved",
    "Profile",
    "Refused",
    "ReportCancelled",
    "ReportError",
    "ReportFailed",
    "Snapshot",
    "WrongRequest",
    "get",
]

AnyPath = str | PathLike[str]
Progress = Callable[[Snapshot], object] | bool | None
LINE_WIDTH = 79


@overload
def get(
    definition: str,
    /,
    *,
    format: str | None = None,
    format_options: Mapping[str, object] | None = None,
    output: None = None,
    profile: AnyPath | Profile | None = None,
    progress: Progress = None,
    **parameters: object,
) -> BytesIO: ...
@overload
def get(
    definition: str,
    /,
    *,
    format: str | None = None,
    format_options: Mapping[str, object] | None = None,
    output: AnyPath,
    profile: AnyPath | Profile | None = None,
    progress: Progress = None,
    **parameters: object,
) -> Path: ...
def get(
    definition: str,
    /,
    *,
    format: str | None = None,  # noqa: A002  the word of the command line
    format_options: Mapping[str, object] | None = None,
    output: AnyPath | None = None,
    profile: AnyPath | Profile | None = None,
    progress: Progress = None,
    **parameters: object,
) -> Path | BytesIO:
    """Generate a report, wait for it, and return its file once the checksum is right.

    Works inside a running event loop, as Jupyter's, which it blocks. Ctrl-C cancels the report, waits for that, and
    raises `KeyboardInterrupt`; a second one does not wait.

    Args:
        definition: The report's id, as `reportwire catalog` prints it.
        format: "parquet", "csv" or "xlsx". Without one the format that `output` is named after, else Parquet.
        format_options: As `{"delimiter": ";"}` for CSV.
        output: Where to save the file, in the place of what is there. Without one the file is returned in memory.
        profile: The service: a file, or a `Profile`. Without one a local backend is started, and stopped at the end.
        progress: Called in this thread with each new `Snapshot` of the report; what it raises cancels the report. True
            prints a line on standard error.
        **parameters: Those of the report. Text, numbers, `bool`, `datetime.date`, and NumPy's and pandas' scalars of
            these; a `datetime` only at midnight, as its date; for several choices a list, tuple, set, array or column
            of them. None, NaN, NaT, `pandas.NA` and an empty list mean "not given": the report's default is used, or no
            value where there is none.

    Returns:
        The absolute path of the file, or with no `output` the file itself, open for reading at its start.

    Raises:
        WrongRequest: There is no such report, or a parameter or the format is wrong.
        Refused: The service does not take the request now, as with too many reports under way.
        NotConnected: The service is out of reach, refuses the sign-in, or the profile is wrong.
        ReportFailed: The report ended without a file.
        ReportCancelled: Somebody cancelled the report elsewhere.
        NotSaved: The file cannot be saved at `output`, or its download failed.
    """
    place = None if output is None else Path(output).absolute()
    request = make_request(definition, parameters, format_name=format, format_options=format_options, output=place)
    with (
        _translated(),
        _target(place) as path,
        service(_load(profile), _tell if progress is True else _ignore) as found,
    ):
        Asking(found, request, path).wait(_show if progress is True else progress or _ignore)
        return place or BytesIO(path.read_bytes())


@contextmanager
def _translated() -> Iterator[None]:
    """Raise what the rooms below raise as a `ReportError`."""
    try:
        yield
    except (InvalidProfile, LocalBackendFailed, WrongEnvironment) as error:
        raise NotConnected(str(error)) from error
    except UnusablePlace as error:
        raise NotSaved(str(error)) from error


@contextmanager
def _target(place: Path | None) -> Iterator[Path]:
    """Yield where to save the file: at `place`, which is proved first, or in a folder that is removed at the end."""
    if place is not None:
        proved(place)
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="reportwire-") as folder:
        yield Path(folder, "report")


def _load(profile: AnyPath | Profile | None) -> Profile | None:
    if profile is None or isinstance(profile, Profile):
        return profile
    path = Path(profile)
    loaded = profiles.load(path)
    if warning := profiles.exposed_keys(path, loaded):
        warnings.warn(warning, stacklevel=3)  # the call of `get`
    return loaded


def _show(snapshot: Snapshot) -> None:
    """Print how the report stands, in one line that is written over until it ends."""
    has_ended = is_terminal(snapshot.state)
    progress = None if has_ended else snapshot.progress
    work = numbers.say_work(progress) if progress else snapshot.state.capitalize()
    line = printable(f"{snapshot.definition}: {work}")[:LINE_WIDTH]
    sys.stderr.write(f"\r{line:<{LINE_WIDTH}}" + ("\n" if has_ended else ""))
    sys.stderr.flush()


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{printable(sentence)}\n")
    sys.stderr.flush()


def _ignore(_: object) -> None:
    pass
