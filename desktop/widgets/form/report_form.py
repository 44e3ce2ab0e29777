"""The form in which the analyst chooses a report, its parameters and its format.

catalog ──▶ **ReportForm** ── one GenerateReport ──▶ main_window ──▶ composition root. No protocol decisions.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.widgets.form.chooser.report_chooser import ReportChooser
from desktop.widgets.form.description import Description
from desktop.widgets.form.format_choice import FormatChoice
from desktop.widgets.form.lower_part import LowerPart
from desktop.widgets.form.parameter_field import ParameterField
from desktop.widgets.form.parameter_page import ParameterPage
from desktop.widgets.form.scrolling import SIDE, FormScroll
from desktop.widgets.form.sets_dialog import SetsDialog
from desktop.widgets.form.sets_menu import SetsMenu
from desktop.widgets.plain_text import plain_label
from desktop.wording.form.orders import MOST_RECENT, FormState, RequestKey, SavedSet, key_of
from desktop.wording.language import tr, tr_count
from desktop.wording.tone import Tone

MARGIN_BELOW = 8
"""Pixels below a field that is scrolled to."""

_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ReportForm(QFrame):
    """A choice of reports, the fields of the chosen one, its format, and the Generate button.

    Signals:
        submitted(GenerateReport): All of it, checked; `report_id` is None.
        escaped(): Escape, with nothing open that it closes.
        changed(): `kept` returns something else.
        folder_wanted(): Another folder for the files.
        set_saved(SavedSet): Keep this one, instead of one of the same report and name.
        set_renamed(SavedSet, str): Call this one so.
        set_deleted(SavedSet): Forget this one.
        sets_export_wanted(Path): Write the sets of the chosen report to this file.
        sets_import_wanted(Path): Read sets from this file.

    Args:
        clock: Return the seconds since any moment.
    """

    submitted = Signal(object)
    escaped = Signal()
    changed = Signal()
    folder_wanted = Signal()
    set_saved = Signal(object)
    set_renamed = Signal(object, str)
    set_deleted = Signal(object)
    sets_export_wanted = Signal(object)
    sets_import_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self.setObjectName("form")
        self._clock = clock
        self._catalog: tuple[DefinitionInfo, ...] | None = None
        self._chosen: str | None = None
        self._pages: dict[str, ParameterPage] = {}
        """Made when a report is chosen for the first time."""
        self._kept: FormState | None = None
        """What is to be restored once the catalog is there."""
        self._recent: tuple[str, ...] = ()
        self._used: dict[str, Mapping[str, Any]] = {}
        self._sets: tuple[SavedSet, ...] = ()
        self._under_way: frozenset[RequestKey] = frozenset()
        self._is_connected = True
        self._has_service = True
        self._is_refused = False
        """Whether Generate found wrong fields, of which some may still be."""
        self._refusal = ""
        """Words of the service that belong to no note."""
        self._pressed: tuple[float, GenerateReport] | None = None
        self.choice = ReportChooser()
        self.description = Description()
        self.sets = SetsMenu()
        self.area = FormScroll()
        self.foot = LowerPart()
        self.generate = self.foot.generate
        self.message = self.foot.message
        self._lay_out()
        self._connect()
        self._show_choice()

    @property
    def definition(self) -> DefinitionInfo | None:
        """The chosen report."""
        return next((each for each in self._catalog or () if each.id == self._chosen), None)

    @property
    def page(self) -> ParameterPage | None:
        """The parameters of the chosen report."""
        return self._pages.get(self._chosen) if self._chosen else None

    @property
    def format(self) -> FormatChoice | None:
        """The format of the chosen report."""
        return self.foot.format if self.definition else None

    @property
    def saves_when_ready(self) -> bool:
        """Whether the file is to be saved as soon as it is there."""
        return self.foot.save.isChecked()

    def show_service(self, *, is_there: bool) -> None:
        """Say whether there is a service at all that reports could be loaded from."""
        if is_there != self._has_service:
            self._has_service = is_there
            self._show_choice()

    def set_catalog(self, catalog: tuple[DefinitionInfo, ...]) -> None:
        """Offer these reports. The choice and the typed values stay, if their report and parameters do."""
        if catalog == self._catalog:
            return
        self._catalog = catalog
        self._renew_pages(catalog)
        ids = [definition.id for definition in catalog]
        if self._chosen not in ids:
            self._chosen = ids[0] if ids else None
        if self._kept and catalog:
            self._put_back(self._kept)
            self._kept = None
        self._show_choice()

    def choose(self, definition_id: str) -> bool:
        """Choose a report; return whether it is offered."""
        if definition_id not in {each.id for each in self._catalog or ()}:
            return False
        if definition_id != self._chosen:
            self._chosen = definition_id
            self._show_choice()
            self.changed.emit()
        return True

    def fill(
        self,
        definition_id: str,
        parameters: Mapping[str, Any],
        file_format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
    ) -> tuple[str, ...]:
        """Show an order to edit; the first field gets the focus.

        Returns:
            The names of what does not fit the catalog; the id of a definition that is not offered, and nothing changes.
        """
        if not self.choose(definition_id) or self.page is None:
            return (definition_id,)
        unfit = self.page.fill(parameters)
        if file_format is not None and not self.foot.format.choose(file_format):
            unfit = (*unfit, file_format)
        else:
            unfit = (*unfit, *self.foot.format.fill(format_options or {}))
        self.focus_first()
        return unfit

    def focus_first(self) -> None:
        """Give the first field the focus, or the choice of reports where there is none."""
        stops = self.page.stops() if self.page else []
        (stops[0] if stops else self.choice).setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Emit the request, or show what is wrong with it. Presses within a double click are one."""
        order = self._judged_order()
        if order is None:
            return
        now = self._clock()
        before, self._pressed = self._pressed, (now, order)
        if before and before[1] == order and now - before[0] <= QApplication.doubleClickInterval() / 1000:
            return
        self._used[order.definition] = order.parameters
        others = (each for each in self._recent if each != order.definition)
        self._recent = (order.definition, *others)[:MOST_RECENT]
        self._offer()
        self.submitted.emit(order)
        self.changed.emit()

    def show_field_errors(self, reasons: Mapping[str, str]) -> None:
        """Show the service's errors, by parameter, in words that follow the parameter's name."""
        if self.page:
            self._refusal = self.page.show_errors(reasons)
            self._show_message()
            self._bring_into_view(self.page.first_wrong)

    def show_under_way(self, requests: Iterable[RequestKey]) -> None:
        """Show whether the report in the form is one of these."""
        self._under_way = frozenset(requests)
        self._show_message()

    def show_connected(self, is_connected: bool) -> None:  # noqa: FBT001  the only one
        """Show whether a report goes out at once."""
        self._is_connected = is_connected
        self._show_message()

    def show_sets(self, sets: Sequence[SavedSet]) -> None:
        """Offer these sets, of any reports, as far as they are of the chosen one."""
        self._sets = tuple(sets)
        self._offer()
        for dialog in self.findChildren(SetsDialog):
            dialog.show_sets([each for each in self._sets if each.definition == dialog.definition])

    def show_folder(self, path: str) -> None:
        """Show where files are saved."""
        self.foot.show_folder(path)

    def kept(self) -> FormState:
        """Return everything that is worth keeping."""
        if self._kept:
            return replace(self._kept, saves_when_ready=self.saves_when_ready, folder=self.foot.folder_path)
        return FormState(
            definition=self._chosen,
            parameters=self.page.values() if self.page else {},
            format=self.foot.format.asked,
            format_options=self.foot.format.options if self.foot.format.formats else None,
            saves_when_ready=self.saves_when_ready,
            folder=self.foot.folder_path,
            recent=self._recent,
            used=dict(self._used),
        )

    def restore(self, state: FormState) -> None:
        """Put back what was kept, now or as soon as the catalog is there; what does not fit any more is left out."""
        self.foot.save.setChecked(state.saves_when_ready)
        self.foot.show_folder(state.folder)
        self._recent, self._used = tuple(state.recent)[:MOST_RECENT], dict(state.used)
        if self._catalog:
            self._put_back(state)
            self._show_choice()
        else:
            self._kept = state

    def stops(self) -> list[QWidget]:
        """Return the widgets in tab order."""
        fields = self.page.stops() if self.page else []
        return [self.choice, self.description.more, self.sets, *fields, *self.foot.stops()]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Generate with Enter in any field; tell of Escape."""
        if event.key() in _ENTER and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def _judged_order(self) -> GenerateReport | None:
        page = self.page
        if page is None:
            return None
        self._refusal = ""
        self._is_refused = not page.judge()
        self._show_message()
        if self._is_refused:
            self._announce(self.message.text())
            self._bring_into_view(page.first_wrong)
            return None
        return self._order()

    def _order(self) -> GenerateReport | None:
        if self._chosen is None or self.page is None:
            return None
        choice = self.foot.format
        return GenerateReport(
            definition=self._chosen,
            parameters=self.page.values(),
            format=choice.asked,
            format_options=choice.options,
        )

    def _bring_into_view(self, field: ParameterField | None) -> None:
        if field:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            self.area.ensureWidgetVisible(field.parentWidget() or field, 0, MARGIN_BELOW)

    def _announce(self, text: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _put_back(self, state: FormState) -> None:
        if state.definition in {each.id for each in self._catalog or ()}:
            self._chosen = state.definition
            self._show_choice()
        if self.page and self._chosen == state.definition:
            self.page.fill(state.parameters)
            if state.format is None or self.foot.format.choose(state.format):
                self.foot.format.fill(state.format_options or {})

    def _renew_pages(self, catalog: tuple[DefinitionInfo, ...]) -> None:
        """Keep pages whose parameters are the same, and make those that were made before anew."""
        old, self._pages = self._pages, {}
        for definition in catalog:
            page = old.get(definition.id)
            if page and page.definition.parameters != definition.parameters:
                page = self._make_page(definition, page)
            if page:
                self._pages[definition.id] = page
        for page in set(old.values()) - set(self._pages.values()):
            page.hide()
            page.deleteLater()

    def _make_page(self, definition: DefinitionInfo, before: ParameterPage | None = None) -> ParameterPage:
        page = ParameterPage(definition)
        if before:
            page.take_over(before)
        page.edited.connect(self._note_edit)
        page.judged.connect(self._show_message)
        self._page_layout.addWidget(page)
        return page

    def _show_choice(self) -> None:
        definition = self.definition
        if definition and definition.id not in self._pages:
            self._pages[definition.id] = self._make_page(definition)
        self.foot.format.offer(definition.id if definition else "", definition.formats if definition else ())
        self.choice.show_chosen(definition)
        self.description.say(definition.description if definition else self._reason())
        for page in self._pages.values():
            page.setVisible(page is self.page)
        has_fields = self.page is not None and bool(self.page.fields)
        self._parameters.setVisible(has_fields)
        self.area.verticalScrollBar().setValue(0)
        self.foot.setEnabled(definition is not None)
        tip = tr("Generate the report (Ctrl+Return)") if definition else self._reason()
        self.generate.setToolTip(tip)
        self.generate.setAccessibleDescription(tip)
        self._is_refused, self._refusal = False, ""
        self._offer()
        self._order_tabs()
        self._show_message()

    def _reason(self) -> str:
        """Return why nothing can be generated."""
        if not self._has_service:
            return tr("No connection yet")
        if self._catalog is None:
            return tr("Loading the reports…")
        return tr("No reports here. Ask who runs the service.")

    def _offer(self) -> None:
        self.choice.offer(self._catalog or (), self._recent)
        self.sets.offer(self._own_sets(), has_last=self._chosen in self._used)
        self._name_values()

    def _own_sets(self) -> list[SavedSet]:
        return [each for each in self._sets if each.definition == self._chosen]

    def _name_values(self) -> None:
        """Show which set is in the fields."""
        definition = self.definition
        order = self._order()
        if definition is None or order is None:
            return
        self.sets.say(self._name_of(definition, order))

    def _name_of(self, definition: DefinitionInfo, order: GenerateReport) -> str:
        named = [(each.name, each.parameters) for each in self._own_sets()]
        if definition.id in self._used:
            named.append((tr("Last used"), self._used[definition.id]))
        named.append((tr("Defaults"), {}))
        bare = _bare(order.definition, order.parameters)
        return next(
            (
                name
                for name, parameters in named
                if key_of(_bare(order.definition, parameters), definition) == key_of(bare, definition)
            ),
            tr("Sets"),
        )

    def _take_last(self) -> None:
        self._fill_page(self._used.get(self._chosen or "", {}))

    def _take_defaults(self) -> None:
        self._fill_page({})

    def _take_set(self, taken: SavedSet) -> None:
        self._fill_page(taken.parameters)
        if taken.format is not None and self.foot.format.choose(taken.format):
            self.foot.format.fill(taken.format_options or {})

    def _fill_page(self, parameters: Mapping[str, Any]) -> None:
        if self.page:
            self.page.fill(parameters)

    def _save_set(self, name: str) -> None:
        order = self._order()
        if order:
            self.set_saved.emit(
                SavedSet(
                    name=name,
                    definition=order.definition,
                    parameters=order.parameters,
                    format=order.format,
                    format_options=order.format_options,
                )
            )

    def manage_sets(self) -> SetsDialog | None:
        """Open the dialog of the chosen report's sets."""
        if self.definition is None:
            return None
        dialog = SetsDialog(self, self.definition)
        dialog.show_sets(self._own_sets())
        dialog.renamed.connect(self.set_renamed)
        dialog.deleted.connect(self.set_deleted)
        dialog.export_wanted.connect(self.sets_export_wanted)
        dialog.import_wanted.connect(self.sets_import_wanted)
        dialog.show()
        return dialog

    def _open_sets(self) -> None:
        self.manage_sets()

    def _note_edit(self) -> None:
        self._refusal = ""
        self._show_message()
        self._name_values()
        self.changed.emit()

    def _show_message(self) -> None:
        """Show the one thing that matters most, and what Generate would do."""
        wrong = self.page.wrong_count if self.page else 0
        self._is_refused = self._is_refused and wrong > 0
        is_again = self._is_under_way()
        self.generate.setText(tr("Generate another") if is_again else tr("&Generate"))
        if self._is_refused:
            one, many = "1 field needs a look. Nothing was sent.", "{count} fields need a look. Nothing was sent."
            self.message.say(tr_count(one, many, wrong), Tone.FAILED, icon="state-failed")
        elif self._refusal:
            self.message.say(self._refusal, Tone.FAILED, icon="state-failed")
        elif is_again:
            self.message.say(tr("The same report is under way. Enter again makes another."), Tone.WAITING)
        elif self.definition and not self._is_connected:
            self.message.say(tr("Offline: it goes out when connected."), Tone.WAITING)
        else:
            self.message.say("")

    def _is_under_way(self) -> bool:
        definition, order = self.definition, self._order()
        if not self._under_way or definition is None or order is None:
            return False
        return key_of(order, definition) in self._under_way

    def _order_tabs(self) -> None:
        """Put the fields before Generate in the tab order: a page is made after the button, and would come last."""
        for stop, following in pairwise(self.stops()):
            self.setTabOrder(stop, following)

    def _connect(self) -> None:
        self.choice.taken.connect(self.choose)
        self.generate.clicked.connect(self.submit)
        self.foot.folder_wanted.connect(self.folder_wanted)
        self.foot.saving_changed.connect(self.changed)
        self.foot.format.edited.connect(self._note_edit)
        self.sets.last_taken.connect(self._take_last)
        self.sets.defaults_taken.connect(self._take_defaults)
        self.sets.set_taken.connect(self._take_set)
        self.sets.save_wanted.connect(self._save_set)
        self.sets.manage_wanted.connect(self._open_sets)

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(SIDE, 12, SIDE, 0)
        top.setSpacing(4)
        label = plain_label(tr("Re&port"))
        label.setBuddy(self.choice)
        top.addWidget(label)
        top.addWidget(self.choice)
        self._parameters = self._make_parameters()
        self.area.contents.addWidget(self.description)
        self.area.contents.addWidget(self._parameters)
        self.area.contents.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.foot)

    def _make_parameters(self) -> QWidget:
        heading = plain_label(tr("Parameters"))
        heading.setProperty("written", "strong")
        row = QHBoxLayout()
        row.setContentsMargins(0, 6, 0, 4)
        row.addWidget(heading)
        row.addStretch(1)
        row.addWidget(self.sets)
        line = QFrame()
        line.setObjectName("line")
        line.setFixedHeight(1)
        inside = QWidget()
        self._page_layout = QVBoxLayout(inside)
        self._page_layout.setContentsMargins(0, 6, 0, 0)
        self._page_layout.setSpacing(0)
        self._page_layout.addWidget(line)
        self._page_layout.addLayout(row)
        return inside


def _bare(definition: str, parameters: Mapping[str, Any]) -> GenerateReport:
    return GenerateReport(definition=definition, parameters=dict(parameters))
