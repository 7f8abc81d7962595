"""Photo in, `Face` out."""
