import pytest

from backend.engine.duck.sink import Sink, Stopped

TARGET = Sink().target


def test_bytes_go_on_as_they_come() -> None:
    taken: list[bytes] = []
    sink = Sink()
    sink.take = taken.append
    file = sink.open(TARGET, "wb")
    assert [file.write(b"a"), file.write(b"bc"), file.write(b"")] == [1, 2, 0]
    file.flush()
    file.close()
    assert taken == [b"a", b"bc", b""]


def test_nothing_is_taken_before_it_is_said_where_to() -> None:
    with pytest.raises(Stopped):
        Sink().open(TARGET, "wb").write(b"a")


def test_nothing_is_taken_after_a_stop() -> None:
    taken: list[bytes] = []
    sink = Sink()
    sink.take = taken.append
    sink.stop()
    with pytest.raises(Stopped):
        sink.open(TARGET, "wb").write(b"a")
    assert not taken


def test_first_error_is_kept() -> None:
    errors = [OSError("first"), OSError("second")]
    sink = Sink()

    def fail(data: bytes) -> None:
        raise errors[int(data)]

    sink.take = fail
    for data in (b"0", b"1"):
        with pytest.raises(OSError, match=str(errors[int(data)])):
            sink.write(data)
    assert sink.error is errors[0]


@pytest.mark.parametrize(
    ("path", "mode"), [(TARGET, "rb"), (TARGET, "ab"), (TARGET, "r+b"), (f"{TARGET}/a", "wb"), ("sink://other", "wb")]
)
def test_no_other_file_and_no_reading(path: str, mode: str) -> None:
    with pytest.raises(PermissionError):
        Sink().open(path, mode)


def test_file_seems_new() -> None:
    with pytest.raises(FileNotFoundError):
        Sink().info(TARGET)
    assert not Sink().exists(TARGET)
    assert not Sink().isdir(TARGET)
