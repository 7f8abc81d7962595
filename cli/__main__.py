"""`python -m cli` is `expertglasses`."""

from cli.main import main

main()
