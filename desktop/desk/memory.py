"""What the window remembers of one connection from start to start.

app, form ──▶ **Memory** ──▶ keeping.window_state
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import msgspec

from desktop.files.download import Download
from desktop.keeping.window_state import WindowState
from desktop.session.state import Session
from desktop.wording.form.orders import FormState


class Memory:
    """The form, the saved files, the removed reports and those that are to be saved, of one connection."""

    def __init__(self, state: WindowState, connection: str) -> None:
        self._state = state
        self._connection = connection
        self._kept = state.connection(connection)
        self._reports = self._kept
        """What this window kept of reports last, or found: only what it changes of that is its own to change."""
        self._seen: tuple[object, ...] | None = None

    def form(self) -> FormState:
        """Return the form as it was kept; as at first where that makes no sense."""
        try:
            return msgspec.convert(self._kept.get("form", {}), FormState)
        except msgspec.ValidationError:
            return FormState()

    def saved(self) -> Mapping[str, Path]:
        """Return the files that are still where they were saved, by report."""
        paths = _texts(self._kept.get("saved"))
        return {report_id: Path(path) for report_id, path in paths.items() if Path(path).is_file()}

    def removed(self) -> frozenset[str]:
        """Return the reports that were taken off the list."""
        return _ids(self._kept.get("removed"))

    def wanted(self) -> frozenset[str]:
        """Return the reports whose files are to be saved as soon as they are there."""
        return _ids(self._kept.get("wanted"))

    def has_news(self, downloads: Mapping[str, Download], removed: AbstractSet[str], wanted: AbstractSet[str]) -> bool:
        """Return whether what is to be kept of reports is other than at the last call; the first has none."""
        paths = {report_id: path for report_id, download in downloads.items() if (path := download.saved_path)}
        before, self._seen = self._seen, (paths, removed, wanted)
        return before is not None and before != self._seen

    def keep_form(self, form: FormState) -> None:
        """Keep the form."""
        self._state.keep_connection(self._connection, {"form": _plain(form)})

    def keep_reports(
        self, session: Session, downloads: Iterable[Download], removed: Iterable[str], wanted: Iterable[str]
    ) -> None:
        """Keep what became of reports; of those that the service no longer lists, nothing.

        Another window of the same connection may have kept more meanwhile, which stays.
        """
        if not session.is_listed:
            return
        known = session.entries.keys()
        saved = {
            download.report_id: str(download.saved_path)
            for download in downloads
            if download.saved_path and download.report_id in known
        }
        values: dict[str, Any] = {
            "saved": saved,
            "removed": sorted(known & set(removed)),
            "wanted": sorted(known & set(wanted)),
        }
        before, self._reports = self._reports, values
        self._state.change_connection(self._connection, lambda kept: {**kept, **_merged(before, values, kept)})


def _plain(form: FormState) -> dict[str, Any]:
    return {name: _built(getattr(form, name)) for name in FormState.__struct_fields__}


def _built(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _built(each) for name, each in value.items()}
    return [_built(each) for each in value] if isinstance(value, tuple | list) else value


def _merged(before: Mapping[str, Any], now: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of reports with the changes of one window, from `before` to `now`."""
    changes = {name: (_ids(before.get(name)), _ids(now[name])) for name in ("removed", "wanted")}
    return {
        "saved": _with_changes(_texts(before.get("saved")), now["saved"], _texts(kept.get("saved"))),
        **{name: sorted((_ids(kept.get(name)) - (old - new)) | (new - old)) for name, (old, new) in changes.items()},
    }


def _with_changes(before: dict[str, str], now: dict[str, str], kept: dict[str, str]) -> dict[str, str]:
    changed = {name: text for name, text in now.items() if before.get(name) != text}
    return {name: text for name, text in (kept | changed).items() if name in now or name not in before}


def _texts(value: object) -> dict[str, str]:
    pairs = value.items() if isinstance(value, dict) else ()
    return {name: text for name, text in pairs if isinstance(name, str) and isinstance(text, str)}


def _ids(value: object) -> frozenset[str]:
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
