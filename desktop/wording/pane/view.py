"""Everything that the pane below the list shows.

window ── `Entry`, `Previewed`, `Download` ──▶ **present_pane**, of_report ── `PaneView` ──▶ pane
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct, field

from backend.protocol.messages import DefinitionInfo
from backend.protocol.preview import Preview
from desktop.files.download import Download
from desktop.files.preview_status import Previewed
from desktop.session.state import Entry
from desktop.wording.language import grouped, tr
from desktop.wording.pane.message import NO_MESSAGE, Message

if TYPE_CHECKING:
    from desktop.wording.pane.details import DetailsView
    from desktop.wording.pane.happenings import Happening

EMPTY = Preview(columns=(), rows=(), row_count=0)


class TabId(StrEnum):
    """A tab of the pane, in their order."""

    PREVIEW = "preview"
    CHART = "chart"
    SUMMARY = "summary"
    DETAILS = "details"


class PaneView(Struct, frozen=True, kw_only=True):
    """What the pane shows of the report that is selected."""

    report_id: str | None = None
    """None where no report is selected, or several are."""
    title: str = ""
    caption: str = ""
    """Stands at the right of the tabs."""
    caption_sorted: str = ""
    """Stands there while the rows are sorted; empty where it is the same."""
    caption_summary: str = ""
    """Stands there beside the summary; empty where it is the same."""
    preview: Preview = EMPTY
    messages: Mapping[TabId, Message] = field(default_factory=lambda: MappingProxyType({}))
    """Stands in place of what a tab would show."""
    details: "DetailsView | None" = None
    is_preview_wanted: bool = False
    """Whether the service has a preview of the report, which may have to be loaded."""

    def message(self, tab: TabId) -> Message:
        """Return what stands in place of what the tab would show, or an empty message."""
        return self.messages.get(tab, NO_MESSAGE)


def present_pane(
    entry: Entry | None,
    now: datetime,
    *,
    definition: DefinitionInfo | None = None,
    title: str = "",
    previewed: Previewed | None = None,
    download: Download | None = None,
    selected: int = 1,
    happened: "tuple[Happening, ...]" = (),
) -> PaneView:
    """Return what to show.

    Args:
        entry: The report that is selected; None if there is none.
        now: Aware, in the time zone of the analyst.
        definition: Its definition, if the catalog has it.
        title: Its title; without one the definition's, or its id.
        previewed: How its preview stands, None if it was not asked for.
        download: Its file on the way to disk, or there.
        selected: How many reports are selected; of several none is shown.
        happened: What was heard of it, in addition to what its entry says: see `happenings.hear`.
    """
    if selected > 1:
        words = tr("{count} reports selected", count=grouped(f"{selected:,}"))
        return PaneView(caption=words, messages=dict.fromkeys(TabId, Message(words)))
    if entry is None or selected == 0:
        return nothing_selected()
    from desktop.wording.pane.of_report import present_report  # noqa: PLC0415  nothing is selected at first

    return present_report(
        entry, now, definition=definition, title=title, previewed=previewed, download=download, happened=happened
    )


def nothing_selected() -> PaneView:
    """Return what to show while no report is selected."""
    words = tr("No report selected")
    hint = tr("The first rows of the report you select stand here.")
    return PaneView(caption=words, messages={**dict.fromkeys(TabId, Message(words)), TabId.PREVIEW: Message(hint)})
