"""The `expertglasses` command: one file per command group."""
