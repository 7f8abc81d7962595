"""How every weight in models/ was made and is judged."""
