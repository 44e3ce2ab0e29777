import stat
from pathlib import Path
from zipfile import ZipFile

from desktop.installer.archive import pack


def made(folder: Path) -> Path:
    folder.mkdir()
    (folder / "program").write_text("run")
    (folder / "program").chmod(0o700)
    (folder / "inside").mkdir()
    (folder / "inside/data").write_text("read")
    (folder / "inside/link").symlink_to("data")
    return folder


def test_programs_stay_programs_and_links_stay_links(tmp_path: Path) -> None:
    pack(made(tmp_path / "reportwire"), tmp_path / "a.zip")
    with ZipFile(tmp_path / "a.zip") as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
        assert archive.read("reportwire/inside/link") == b"data"
    assert modes == {
        "reportwire/inside/data": stat.S_IFREG | 0o644,
        "reportwire/inside/link": stat.S_IFLNK | 0o777,
        "reportwire/program": stat.S_IFREG | 0o755,
    }


def test_same_files_make_the_same_zip(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        pack(made(tmp_path / name / "reportwire"), tmp_path / name / "a.zip")
    assert (tmp_path / "a/a.zip").read_bytes() == (tmp_path / "b/a.zip").read_bytes()
