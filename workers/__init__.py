"""The four stages, one package each; none imports another."""
