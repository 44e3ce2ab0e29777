"""Where this user's choices are kept, for the window and the services it talks to.

program ── **Home** ──▶ app
"""

from msgspec import Struct, field

from desktop.keeping.parameter_sets import ParameterSets
from desktop.keeping.settings import Settings
from desktop.keeping.window_state import WindowState


class Home(Struct, frozen=True):
    """The window's state, the parameter sets, the settings; by default they are kept nowhere."""

    state: WindowState = field(default_factory=lambda: WindowState(None))
    sets: ParameterSets | None = None
    settings: Settings = field(default_factory=Settings)
