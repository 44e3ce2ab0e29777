"""Which version of this program runs.

package metadata ──▶ **installed** ──▶ `--version`, about dialog, tickets, crash log
"""

DISTRIBUTION = "reportwire"


def installed() -> str:
    """Return the version, or that the program runs from a checkout, which has none."""
    from importlib import metadata  # noqa: PLC0415  takes longer than all of --help, and the first paint would wait

    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "from its sources"
