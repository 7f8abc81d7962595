"""Names given before: as a dictionary would tell, in a fraction of its memory."""

from hypothesis import given
from hypothesis import strategies as st

from workers.search.importing.seen import Seen


@given(st.lists(st.lists(st.sampled_from("abcdefgh") | st.text(max_size=3), max_size=8), max_size=6))
def test_it_tells_the_row_a_name_was_first_given_in(chunks: list[list[str]]) -> None:
    """Given names in chunks / If asked chunk by chunk / Then the first row of each is that of a dictionary."""
    seen, known, row = Seen(), dict[str, int](), 0
    for names in chunks:
        rows = list(range(row, row + len(names)))
        row += len(names)
        expected = [known.setdefault(name, place) for name, place in zip(names, rows, strict=True)]
        assert seen.first(names, rows).tolist() == expected
