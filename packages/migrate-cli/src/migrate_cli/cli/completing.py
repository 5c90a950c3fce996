"""The word that sets up completion in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from .paper import say
from .words import word

SHELLS = ("bash", "zsh", "fish")


@word()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Write what a shell needs to complete what you type.

    Words, options and revisions.

    \b
    bash:  eval "$(migrate completion bash)"      in ~/.bashrc
    zsh:   eval "$(migrate completion zsh)"       in ~/.zshrc
    fish:  migrate completion fish | source       in ~/.config/fish/config.fish
    """  # noqa: D301  (click's mark for lines that stay as they are)
    kind = get_completion_class(shell)
    assert kind is not None, "click knows the shells that it offers"
    root = click.get_current_context().find_root()
    say(kind(root.command, {}, "migrate", "_MIGRATE_COMPLETE").source())
