import json

from tests.benchmarks.ways import pushes
from tests.faults.faults import Post


def post(report_id: str, stage: str = "waiting") -> Post:
    report = {"reportId": report_id, "state": "RUNNING", "progress": {"stage": stage, "completed": 0}}
    return Post("c", json.dumps({"type": "report", "report": report}).encode(), 1)


def test_intervals_are_told_apart_by_the_age_of_the_report() -> None:
    times = [0, 1, 2, 29, 31, 33, 299, 301, 306, 311]
    others = [(0.5, post("other")), (1.5, post("a", "reading"))]
    found = pushes.intervals_s([*((float(at), post("a")) for at in times), *others], "a")
    assert found == {30: [1, 1, 27, 2], 300: [2, 266, 2], 900: [5, 5]}
    assert pushes.said(found) == "pushed each 1.50 s (4) until 30 s, 2.00 s (3) until 300 s, 5.00 s (2) until 900 s"


def test_report_that_ended_soon_was_pushed_at_the_first_pace_only() -> None:
    found = pushes.intervals_s([(float(at), post("a")) for at in range(4)], "a")
    assert pushes.said(found) == "pushed each 1.00 s (3) until 30 s"
