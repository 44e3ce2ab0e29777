"""Texts that a screen reader reads aloud.

main_window, report_form ──▶ **announce** ──▶ screen reader
"""

from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """Have a text read aloud, at once where it is urgent, else after what is being read."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # noqa: PLC0415  long to load, nothing at first

    event, politeness = QAccessibleAnnouncementEvent(widget, text), QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if is_urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)
