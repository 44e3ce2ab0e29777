"""Parameter sets shown, exported, imported and deleted. No service is asked.

arguments ──▶ **run** ──▶ keeping ──▶ standard output
"""

import argparse
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from desktop.commands.actions.service import check_place, named
from desktop.commands.exits import Exit, Stop
from desktop.commands.output.lines import complain, say
from desktop.commands.output.tables import print_json, print_sets
from desktop.keeping.errors import NotKept, ParameterSetError
from desktop.keeping.exchange import Imported, OnConflict, Outcome, exported
from desktop.keeping.parameter_sets import LOCAL, ParameterSets, connection_of, of_this_user
from desktop.outside.places import UnusablePlace
from desktop.sign_in.profiles import Profile


@contextlib.contextmanager
def sets_of_this_user() -> Iterator[ParameterSets]:
    """Yield the user's sets; raise `Stop` for whatever is wrong with them."""
    try:
        yield of_this_user(complain)
    except NotKept as error:
        raise Stop(Exit.FAILED, str(error)) from error
    except (ParameterSetError, UnusablePlace) as error:
        raise Stop(Exit.USAGE, str(error)) from error


def connection(profile: Profile | None) -> str:
    """Return the name under which the sets of a service, or of the local backend, are kept."""
    return connection_of(profile.endpoint if profile else None)


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    of = connection(named(args))
    with sets_of_this_user() as sets:
        _ACTIONS[args.action](args, sets, of)
    return Exit.DONE


def _list(args: argparse.Namespace, sets: ParameterSets, of: str) -> None:
    found = [each for each in exported(sets.load(), of) if args.definition in {None, each.definition}]
    if args.json:
        print_json(found)
        return
    print_sets(found)
    if not found:
        of_report = f" of {args.definition}" if args.definition else ""
        say(f"There are no parameter sets{of_report} for {_say_connection(of)}.")


def _export(args: argparse.Namespace, sets: ParameterSets, of: str) -> None:
    check_place(args.file)
    if not exported(sets.load(), of):
        raise Stop(Exit.FAILED, f"There are no parameter sets for {_say_connection(of)}.")
    count = sets.export_sets(args.file.absolute(), of)
    say(f"{args.file}: {count:,} parameter {'set' if count == 1 else 'sets'}, exported.")


def _import(args: argparse.Namespace, sets: ParameterSets, of: str) -> None:
    on_conflict = OnConflict.REPLACE if args.replace else OnConflict.KEEP_BOTH
    done = sets.import_sets(args.file, of, on_conflict)
    for each in done:
        if each.outcome is not Outcome.ADDED:
            say(_say_imported(each))
    counts = Counter(each.outcome for each in done)
    said = ", ".join(f"{counts[outcome]:,} {outcome}" for outcome in Outcome if counts[outcome])
    say(f"{args.file}: {said or 'no parameter sets'}.")


def _say_imported(each: Imported) -> str:
    match each.outcome:
        case Outcome.RENAMED:
            return f'{each.definition}: kept as "{each.name}", as there is another of that name.'
        case outcome:
            return f'{each.definition}: "{each.name}" is {outcome}.'


def _delete(args: argparse.Namespace, sets: ParameterSets, of: str) -> None:
    sets.delete(of, args.definition, args.name)
    say(f'{args.definition}: "{args.name}" is deleted.')


def _say_connection(of: str) -> str:
    return "the local backend; --profile FILE names another service" if of == LOCAL else of


_ACTIONS: Final[Mapping[str, Callable[[argparse.Namespace, ParameterSets, str], None]]] = {
    "list": _list,
    "export": _export,
    "import": _import,
    "delete": _delete,
}
