import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from backend.authoring import checking

README = Path(__file__).parents[3] / "README.md"


def test_report_of_the_readme_is_right(
    datasets: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"^```sql\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    path = tmp_path / "busiest-routes.sql"
    path.write_text(example)
    assert checking.run([path], datasets) == 0
    assert "224 rows" in capsys.readouterr().out
