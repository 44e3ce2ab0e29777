from pathlib import Path

from desktop.desk.last_log import MOST_BYTES, last_log
from desktop.outside.crash_log import mark_shown


def test_log_of_an_earlier_run_is_read_until_it_was_seen(tmp_path: Path) -> None:
    assert last_log(tmp_path) is None
    path = tmp_path / "20261123-140541-000000-1.log"
    path.write_bytes(b"Traceback \xff" + b" " * MOST_BYTES)
    found = last_log(tmp_path)
    assert found
    assert found[0] == path
    assert found[1].startswith("Traceback \ufffd")
    mark_shown(path)
    assert last_log(tmp_path) is None
