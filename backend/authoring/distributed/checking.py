"""`reportwire check --engine trino`: whether reports' SQL files can be compiled, and what they are then.

files ──▶ **run** ──▶ compiling ──▶ standard output, `compiled/*.json` beside the files
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from backend.authoring import checking
from backend.authoring.directories import Directories
from backend.authoring.distributed.compiling import compiled
from backend.catalog import sql_file
from backend.catalog.compiled import Compiled, place_of, written
from backend.catalog.header import InvalidDefinition, read
from backend.service.ports import DataUnreadable


def run(paths: Sequence[Path], datasets: Mapping[str, Path], *, shows_sql: bool = False, writes: bool = False) -> int:
    """Compile files and say for each what became of it; return 0 if all could be, else 1.

    Args:
        paths: SQL files of reports.
        datasets: Directories of Parquet files, by the dataset's name.
        shows_sql: Print the texts.
        writes: Write what they are compiled to beside them, where the service looks for it.
    """
    is_right = [_tell(path, Directories(datasets), shows_sql=shows_sql, writes=writes) for path in paths]
    return 0 if all(is_right) else 1


def _tell(path: Path, datasets: Directories, *, shows_sql: bool, writes: bool) -> bool:
    try:
        found = compiled_file(path, datasets)
        if writes:
            place_of(path).parent.mkdir(exist_ok=True)
            place_of(path).write_bytes(written(found))
        else:
            checking.check_compiled(path, found.source)
    except InvalidDefinition as error:
        checking.say(f"{path}:{error.line}: {error.reason}")
        return False
    except (OSError, UnicodeDecodeError, DataUnreadable) as error:
        checking.say(f"{path}: {getattr(error, 'strerror', None) or error}")
        return False
    for line in found.text if shows_sql else ():
        checking.say(line)
    if not shows_sql:
        checking.say(f"{path}: can be run by Trino and Athena")
    return True


def compiled_file(path: Path, datasets: Directories) -> Compiled:
    """Return what a report's file is compiled to.

    Raises:
        InvalidDefinition: It cannot be, for what is in that line.
        DataUnreadable: The data changed or went away meanwhile.
        OSError: The file cannot be read.
    """
    text = path.read_text(encoding="utf-8-sig")
    header, sql = read(text, sql_file.shared_with(path))
    checking.check_references(header, sql, text)
    return compiled(header, sql, text, checking.types_of(header, datasets, text))
