"""The form's parts in their places.

**FormParts** ──▶ report_form, which fills them
"""

from itertools import pairwise

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.widgets.form.chooser.report_chooser import ReportChooser
from desktop.widgets.form.dates.room import SIDE
from desktop.widgets.form.description import Description
from desktop.widgets.form.lower_part import LowerPart
from desktop.widgets.form.pages import Pages
from desktop.widgets.form.parameter_page import ParameterPage
from desktop.widgets.form.scrolling import FormScroll
from desktop.widgets.form.sets.parameter_head import ParameterHead
from desktop.widgets.plain_text import plain_label
from desktop.wording.language import tr

ABOVE_LINE = 6
"""Pixels between the description and the line below it."""


class FormParts(QFrame):
    """The choice of reports on top, what scrolls in the middle, what is the same for each report below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("form")
        self.choice = ReportChooser()
        self.description = Description()
        self.head = ParameterHead()
        self.sets = self.head.menu
        self.pages = Pages()
        self.area = FormScroll()
        self.foot = LowerPart()
        self.generate = self.foot.generate
        self.message = self.foot.message
        self._line = QFrame()
        self._line.setObjectName("line")
        self._line.setFixedHeight(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._make_top())
        layout.addWidget(self.area, 1)
        layout.addWidget(self.foot)
        self._fill_area()

    @property
    def page(self) -> ParameterPage | None:
        """The parameters of the chosen report."""
        return self.pages.page

    def stops(self) -> list[QWidget]:
        """Return the widgets in tab order."""
        fields = self.page.stops() if self.page else []
        return [self.choice, self.description.more, self.sets, *fields, *self.foot.stops()]

    def order_tabs(self) -> None:
        """Put the fields before Generate in the tab order: a page is made after the button, and would come last."""
        for stop, following in pairwise(self.stops()):
            self.setTabOrder(stop, following)

    def show_parameters(self, *, is_shown: bool) -> None:
        """Show the parameters, or nothing where a report has none."""
        for widget in (self._line, self.head, self.pages):
            widget.setVisible(is_shown)

    def _make_top(self) -> QVBoxLayout:
        label = plain_label(tr("Re&port"))
        label.setBuddy(self.choice)
        top = QVBoxLayout()
        top.setContentsMargins(SIDE, 12, SIDE, 0)
        top.setSpacing(4)
        top.addWidget(label)
        top.addWidget(self.choice)
        return top

    def _fill_area(self) -> None:
        contents = self.area.contents
        contents.addWidget(self.description)
        contents.addSpacing(ABOVE_LINE)
        for widget in (self._line, self.head, self.pages):
            contents.addWidget(widget)
        contents.addStretch(1)
