"""What Flower watches: the queue, by the address in the settings, so that no command line shows a password."""

from shared.broker import make_app

app = make_app()
