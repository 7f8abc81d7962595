"""`expertglasses keys`: access keys of the service."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from shared.records.credentials import Credentials

_SCOPES = ("jobs", "frames", "catalogues", "webhooks")


def _credentials() -> "Credentials":
    from shared.broker import connect
    from shared.records.credentials import Credentials

    return Credentials(connect())


@click.group()
def keys() -> None:
    """Make, list, rotate and revoke access keys."""


@keys.command()
@click.option(
    "--tenant",
    default="local",
    show_default=True,
    help="Whose jobs the key finds: small letters, digits, - _.",
)
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(_SCOPES), help="What it may do. [default: all]"
)
@click.option("--note", default="", help="Whom it is for.")
def create(tenant: str, scopes: tuple[str, ...], note: str) -> None:
    """Make a key; it is shown this once."""
    from pydantic import ValidationError

    try:
        made, key = _credentials().create(tenant, scopes or _SCOPES, note)
    except ValidationError as error:
        raise click.BadParameter(error.errors()[0]["msg"], param_hint="--tenant or --note") from None
    click.echo(f"{made.id}  {made.tenant}  {' '.join(made.scopes)}", err=True)
    click.echo(key)


@keys.command("list")
def list_() -> None:
    """List keys, oldest first; never the keys themselves."""
    for found in _credentials().all():
        print(
            f"{found.id}  {found.created:%Y-%m-%d}  {found.tenant}  {' '.join(found.scopes)}  {found.note}".rstrip()
        )


@keys.command()
@click.argument("id_", metavar="ID")
@click.option("--grace-hours", default=24.0, show_default=True, help="How long the old one opens too.")
def rotate(id_: str, grace_hours: float) -> None:
    """Give the key ID a new secret."""
    click.echo(_credentials().rotate(id_, timedelta(hours=grace_hours).total_seconds()))


@keys.command()
@click.argument("id_", metavar="ID")
def revoke(id_: str) -> None:
    """End the key ID at once."""
    _credentials().revoke(id_)
    print(f"{id_} opens nothing any more")
