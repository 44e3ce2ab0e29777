"""Where this user's choices are kept, for the window and the services it talks to.

program ── **Home** ──▶ app
"""

from dataclasses import dataclass, field

from desktop.keeping.parameter_sets import ParameterSets
from desktop.keeping.settings import Settings
from desktop.keeping.window_state import WindowState


@dataclass(frozen=True, slots=True)
class Home:
    """The window's state, the parameter sets, the settings; by default they are kept nowhere."""

    state: WindowState = field(default_factory=lambda: WindowState(None))
    sets: ParameterSets | None = None
    settings: Settings = field(default_factory=Settings)
