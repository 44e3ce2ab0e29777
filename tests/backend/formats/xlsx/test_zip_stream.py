"""The archive: streamed, and right however large."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.formats.xlsx.zip_stream import Block, ZipStream, deflate


def archive_of(parts: dict[str, list[bytes]], whole: dict[str, bytes]) -> zipfile.ZipFile:
    file = bytearray()
    stream = ZipStream(file.extend)
    for name, data in whole.items():
        stream.add(name, data)
    for name, blocks in parts.items():
        stream.begin(name)
        for block in blocks:
            stream.append(deflate(block))
        stream.end()
    stream.close()
    return zipfile.ZipFile(io.BytesIO(bytes(file)))


@given(
    st.dictionaries(st.sampled_from(["a.xml", "b/c.xml", "ä.xml"]), st.lists(st.binary(max_size=200), max_size=5)),
    st.dictionaries(st.sampled_from(["d.xml", "e.xml"]), st.binary(max_size=200)),
)
def test_parts_come_back_however_they_were_cut(parts: dict[str, list[bytes]], whole: dict[str, bytes]) -> None:
    archive = archive_of(parts, whole)
    assert archive.testzip() is None
    expected = whole | {name: b"".join(blocks) for name, blocks in parts.items()}
    assert {name: archive.read(name) for name in archive.namelist()} == expected


def test_a_small_part_has_its_sizes_in_front() -> None:
    archive = archive_of({"streamed": [b"x"]}, {"whole": b"y"})
    assert [bool(entry.flag_bits & 8) for entry in archive.infolist()] == [False, True]


def test_an_archive_says_the_same_date_always() -> None:
    assert {entry.date_time for entry in archive_of({"a": [b"x"]}, {"b": b"y"}).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.slow
def test_a_part_of_more_than_four_gibibytes_comes_back(tmp_path: Path) -> None:
    block = deflate(bytes(1 << 26))
    with (tmp_path / "large.zip").open("wb") as file:

        def write(data: bytes) -> None:
            file.write(data)

        stream = ZipStream(write)
        stream.begin("zeros")
        for _ in range(65):
            stream.append(block)
        stream.end()
        stream.add("after", b"small")
        stream.close()
    with zipfile.ZipFile(tmp_path / "large.zip") as archive:
        assert archive.getinfo("zeros").file_size == 65 << 26
        assert archive.testzip() is None
        assert archive.read("after") == b"small"


def test_an_archive_of_more_than_four_gibibytes_comes_back(tmp_path: Path) -> None:
    """Its first part is a hole in the file, since what counts is where the others are."""
    hole = bytes(1 << 26)
    with (tmp_path / "large.zip").open("wb") as file:

        def write(data: bytes) -> None:
            if data is hole:
                file.seek(len(hole), io.SEEK_CUR)
            else:
                file.write(data)

        stream = ZipStream(write)
        stream.begin("hole")
        for _ in range(65):
            stream.append(Block(0, 1, hole))
        stream.end()
        stream.add("after", b"small")
        stream.begin("streamed after")
        stream.append(deflate(b"also small"))
        stream.end()
        stream.close()
    with zipfile.ZipFile(tmp_path / "large.zip") as archive:
        assert archive.getinfo("after").header_offset > 1 << 32
        assert (archive.getinfo("hole").compress_size, archive.getinfo("hole").file_size) == ((65 << 26) + 2, 65)
        assert archive.read("after") == b"small"
        assert archive.read("streamed after") == b"also small"


@pytest.mark.slow
def test_more_parts_than_sixteen_bits_count_come_back() -> None:
    archive = archive_of({}, {str(number): b"" for number in range(66_000)})
    assert len(archive.namelist()) == 66_000
