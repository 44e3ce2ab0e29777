"""About this program, as facts and as a text for a ticket.

app ── versions ──▶ **About** ──▶ about dialog
"""

from msgspec import Struct

from desktop.wording.language import tr


class About(Struct, frozen=True):
    """The versions of this program and of what it runs on."""

    version: str
    license: str
    python: str
    qt: str
    system: str

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The facts with their names."""
        return (
            (tr("Version"), self.version),
            (tr("Licence"), self.license),
            ("Python", self.python),
            ("Qt", self.qt),
            (tr("System"), self.system),
        )

    @property
    def text(self) -> str:
        """The facts as lines for a ticket, which stay English."""
        return f"Reportwire {self.version}, Python {self.python}, Qt {self.qt}, {self.system}"
