"""The groups that the authorizer is told of."""

from dataclasses import replace

import pulumi
import pytest

from backend.catalog import loading
from backend.catalog.definition import Catalog
from backend.reports.sample import DEFINITION
from infra.sign_in.report_groups import report_groups


def catalog_of(*groups: str) -> Catalog:
    return {str(n): replace(DEFINITION, groups=frozenset({group, "all"})) for n, group in enumerate(groups)}


def test_groups_of_all_reports_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load", lambda _: catalog_of("finance", "Büro 2"))
    assert report_groups() == r'["B\u00fcro 2", "all", "finance"]'


def test_reports_here_are_for_everybody() -> None:
    assert report_groups() == "[]"


def test_more_than_an_authorizer_may_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load", lambda _: catalog_of(*(f"group {n:050}" for n in range(60))))
    with pytest.raises(pulumi.RunError, match=r"groups of all reports take [\d,]+ bytes, and 3,000 are allowed"):
        report_groups()
