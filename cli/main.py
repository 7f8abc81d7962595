"""The `expertglasses` command. Commands import what they need when they run, so `--help` is instant."""

from importlib import import_module
from importlib.util import find_spec

import click

# Each command: the module that holds it. Its one-line help stands in the function's docstring.
_COMMANDS = {
    "up": "cli.up",
    "demo": "cli.demo",
    "recommend": "cli.recommend",
    "doctor": "cli.doctor",
    "jobs": "cli.jobs",
    "perceive": "cli.filters",
    "advise": "cli.filters",
    "search": "cli.filters",
    "design": "cli.filters",
    "catalogue": "cli.catalogue",
    "keys": "cli.keys",
    "gallery": "cli.gallery",
    "train": "cli.train",
    "evaluate": "cli.evaluate",
}


class _Lazy(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return [
            name for name, module in _COMMANDS.items() if find_spec(module)
        ]  # an image carries a few of them

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = getattr(import_module(_COMMANDS[cmd_name]), cmd_name)
        return command


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="expertglasses")
def cli() -> None:
    """Spectacle frames that suit a face, from a photo.

    \b
    Try it:        expertglasses demo
    Serve it:      expertglasses up
    One photo:     expertglasses recommend me.jpg
    As a pipe:     echo '{"photo": "me.jpg"}' | expertglasses perceive | expertglasses advise \\
                     | expertglasses search --limit 6
    """  # noqa: D301  click's marker for text that must not be wrapped


def main() -> None:
    """Run the command; our own errors become one sentence, not a traceback."""
    from shared.errors import ExpertGlassesError

    try:
        cli()
    except ExpertGlassesError as error:
        raise SystemExit(f"expertglasses: {error} [{error.code}]") from None
