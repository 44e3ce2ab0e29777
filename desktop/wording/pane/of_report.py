"""What the pane shows of one report.

view ── `Entry`, `Previewed`, `Download` ──▶ **present_report** ── `PaneView` ──▶ view
"""

from datetime import datetime
from functools import partial

from backend.protocol.messages import DefinitionInfo
from backend.protocol.preview import Preview
from desktop.files.download import Download
from desktop.files.preview_status import Previewed
from desktop.session.state import Entry
from desktop.wording.chart.columns import number_columns
from desktop.wording.language import tr
from desktop.wording.pane.caption import Extent, say_caption
from desktop.wording.pane.details import describe_report
from desktop.wording.pane.happenings import Happening
from desktop.wording.pane.message import Message, instead_of_rows, is_preview_wanted
from desktop.wording.pane.summary import counts_all
from desktop.wording.pane.view import EMPTY, PaneView, TabId


def present_report(
    entry: Entry,
    now: datetime,
    *,
    definition: DefinitionInfo | None,
    title: str,
    previewed: Previewed | None,
    download: Download | None,
    happened: tuple[Happening, ...],
) -> PaneView:
    """Return what to show of the report; the arguments are those of `view.present_pane`."""
    title = title or (definition.title if definition else entry.definition)
    instead = instead_of_rows(entry, previewed, now, definition)
    preview = previewed if isinstance(previewed, Preview) and not instead.text else EMPTY
    messages = dict.fromkeys((TabId.PREVIEW, TabId.CHART, TabId.SUMMARY), instead) if instead.text else {}
    if not instead.text and not number_columns(preview):
        messages = {TabId.CHART: Message(tr("No column here has numbers."))}
    say = partial(say_caption, entry, title, previewed, now, download)
    return PaneView(
        report_id=entry.report_id,
        title=title,
        caption=say(),
        caption_sorted=say(extent=Extent.SORTED),
        caption_summary=say(extent=Extent.COUNTED if counts_all(preview) else Extent.FIRST),
        preview=preview,
        messages=messages,
        details=describe_report(entry, now, definition=definition, title=title, download=download, happened=happened),
        is_preview_wanted=is_preview_wanted(entry, now),
    )
