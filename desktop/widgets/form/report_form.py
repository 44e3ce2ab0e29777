"""The form in which the analyst chooses a report, its parameters and its format.

catalog ──▶ **ReportForm** ── one GenerateReport ──▶ main_window ──▶ composition root. No protocol decisions.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QComboBox, QLineEdit, QWidget

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.widgets.form.form_parts import FormParts
from desktop.widgets.form.format_choice import FormatChoice
from desktop.widgets.form.parameter_field import ParameterField
from desktop.widgets.form.sets.sets_dialog import SetsDialog
from desktop.wording.form.orders import MOST_RECENT, FormState, RequestKey, SavedSet, key_of
from desktop.wording.language import tr

MARGIN_BELOW = 8
"""Pixels below a field that is scrolled to."""

_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ReportForm(FormParts):
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
        self._clock = clock
        self._catalog: tuple[DefinitionInfo, ...] | None = None
        self._chosen: str | None = None
        self._kept: FormState | None = None
        """What is to be restored once the catalog is there."""
        self._recent: tuple[str, ...] = ()
        self._under_way: frozenset[RequestKey] = frozenset()
        self._is_connected = True
        self._obstacle = ""
        """Why reports cannot be loaded now."""
        self._is_refused = False
        """Whether Generate found wrong fields, of which some may still be."""
        self._refusal = ""
        """Words of the service that belong to no note."""
        self._pressed: tuple[float, GenerateReport] | None = None
        self._connect()
        self._show_choice()

    @property
    def definition(self) -> DefinitionInfo | None:
        """The chosen report."""
        return next((each for each in self._catalog or () if each.id == self._chosen), None)

    @property
    def format(self) -> FormatChoice | None:
        """The format of the chosen report."""
        return self.foot.format if self.definition else None

    @property
    def saves_when_ready(self) -> bool:
        """Whether the file is to be saved as soon as it is there."""
        return self.foot.save.isChecked()

    def show_obstacle(self, text: str) -> None:
        """Say why reports cannot be loaded now; nothing where they can."""
        if text != self._obstacle:
            self._obstacle = text
            if not self._catalog:
                self._show_choice()

    def set_catalog(self, catalog: tuple[DefinitionInfo, ...] | None) -> None:
        """Offer these reports. The choice and the typed values stay, if their report and parameters do.

        None is for a service that has not said yet what it makes: nothing of the one before is offered.
        """
        if catalog == self._catalog:
            return
        self._catalog = catalog
        self.pages.renew(catalog or ())
        ids = [definition.id for definition in catalog or ()]
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
        """Give the first field the focus, what is in it selected, or the choice of reports where there is none."""
        stops = self.page.stops() if self.page else []
        first = stops[0] if stops else self.choice
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(first, QLineEdit):
            first.selectAll()

    def submit(self) -> None:
        """Emit the request, or show what is wrong with it. Presses within a double click are one."""
        order = self._judged_order()
        if order is None:
            return
        now = self._clock()
        before, self._pressed = self._pressed, (now, order)
        if before and before[1] == order and now - before[0] <= QApplication.doubleClickInterval() / 1000:
            return
        self.head.used[order.definition] = order.parameters
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
        shown, self._under_way = self._under_way, frozenset(requests)
        if shown != self._under_way:
            self._show_message()

    def show_connected(self, is_connected: bool) -> None:  # noqa: FBT001  the only one
        """Show whether a report goes out at once."""
        shown, self._is_connected = self._is_connected, is_connected
        if shown is not is_connected:
            self._show_message()

    def show_sets(self, sets: Sequence[SavedSet]) -> None:
        """Offer these sets, of any reports, as far as they are of the chosen one."""
        self.head.show_sets(sets)
        self._offer()

    def manage_sets(self) -> SetsDialog | None:
        """Open the dialog of the chosen report's sets."""
        return self.head.manage()

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
            used=dict(self.head.used),
        )

    def restore(self, state: FormState) -> None:
        """Put back what was kept, now or as soon as the catalog is there; what does not fit any more is left out."""
        self.foot.save.setChecked(state.saves_when_ready)
        self.foot.show_folder(state.folder)
        self._recent, self.head.used = tuple(state.recent)[:MOST_RECENT], dict(state.used)
        if self._catalog:
            self._put_back(state)
            self._show_choice()
        else:
            self._kept = state

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Press the button that has the focus with Enter, open its list, or generate from any field; tell of Escape."""
        if event.key() in _ENTER and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._enter(self.focusWidget())
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def _enter(self, focused: QWidget | None) -> None:
        match focused:
            case QComboBox():
                focused.showPopup()
            case QAbstractButton() if not isinstance(focused, QCheckBox):
                focused.click()
            case _:
                self.submit()

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
            field.editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)
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

    def _show_choice(self) -> None:
        definition = self.definition
        self.pages.show_page(definition)
        self.foot.format.offer(definition.id if definition else "", definition.formats if definition else ())
        self.choice.show_chosen(definition)
        self.description.say(definition.description if definition else self._reason())
        has_fields = self.page is not None and bool(self.page.fields)
        self.show_parameters(is_shown=has_fields)
        self.area.verticalScrollBar().setValue(0)
        self.foot.setEnabled(definition is not None)
        tip = tr("Generate the report (Ctrl+Return)") if definition else self._reason()
        self.generate.setToolTip(tip)
        self.generate.setAccessibleDescription(tip)
        self._is_refused, self._refusal = False, ""
        self._offer()
        self.order_tabs()
        self._show_message()

    def _reason(self) -> str:
        """Return why nothing can be generated."""
        if self._catalog is None:
            return self._obstacle or tr("Loading the reports…")
        return tr("No reports here. Ask who runs the service.")

    def _offer(self) -> None:
        self.choice.offer(self._catalog or (), self._recent)
        self.head.show_order(self.definition, self._order())

    def _take_set(self, taken: SavedSet) -> None:
        if self.page:
            self.page.fill(taken.parameters)
        if taken.format is not None and self.foot.format.choose(taken.format):
            self.foot.format.fill(taken.format_options or {})

    def _say_wrong(self) -> str:
        """Judge all fields, and return why what is in them can be in no set."""
        if self.page is None or self.page.judge():
            return ""
        return tr("A set holds no wrong values. To be mended: {fields}.", fields=", ".join(self.page.wrong_titles))

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

    def _note_edit(self) -> None:
        self._refusal = ""
        self._show_message()
        self.head.show_order(self.definition, self._order())
        self.changed.emit()

    def _show_message(self) -> None:
        """Show the one thing that matters most, and what Generate would do."""
        wrong = self.page.wrong_count if self.page else 0
        self._is_refused = self._is_refused and wrong > 0
        self.foot.show_state(
            wrong=wrong if self._is_refused else 0,
            refusal=self._refusal,
            is_again=self._is_under_way(),
            is_offline=self.definition is not None and not self._is_connected,
        )

    def _is_under_way(self) -> bool:
        definition, order = self.definition, self._order()
        if not self._under_way or definition is None or order is None:
            return False
        return key_of(order, definition) in self._under_way

    def _connect(self) -> None:
        self.choice.taken.connect(self.choose)
        self.generate.clicked.connect(self.submit)
        self.foot.folder_wanted.connect(self.folder_wanted)
        self.foot.saving_changed.connect(self.changed)
        self.foot.format.edited.connect(self._note_edit)
        self.pages.edited.connect(self._note_edit)
        self.pages.judged.connect(self._show_message)
        self.head.taken.connect(self._take_set)
        self.head.save_wanted.connect(self._save_set)
        self.head.menu.say_obstacle = self._say_wrong
        self.head.renamed.connect(self.set_renamed)
        self.head.deleted.connect(self.set_deleted)
        self.head.restored.connect(self.set_saved)
        self.head.export_wanted.connect(self.sets_export_wanted)
        self.head.import_wanted.connect(self.sets_import_wanted)
