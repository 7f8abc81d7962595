"""Every error has a code of its own and a title a person can read."""

from shared.errors import ExpertGlassesError, JobGoneError, all_errors


def classes(root: type[ExpertGlassesError]) -> list[type[ExpertGlassesError]]:
    """A class and all that derive from it."""
    return [root, *(found for child in root.__subclasses__() for found in classes(child))]


def test_no_two_errors_share_a_code() -> None:
    """`all_errors` holds every class: none hides another behind the same code."""
    assert set(all_errors().values()) == set(classes(ExpertGlassesError))


def test_every_error_has_a_title_of_its_own_and_an_error_status() -> None:
    """The title is the class's own docstring, not one it inherits; the status is 4xx or 5xx."""
    for code, error in all_errors().items():
        assert "__doc__" in vars(error), code
        assert error.title(), code
        assert not error.title().endswith("."), code
        assert 400 <= error.status < 600, code


def test_a_problem_carries_code_title_and_what_was_added() -> None:
    """RFC 9457 members, ours, and extras; no detail where none was given."""
    problem = JobGoneError(hint="later").problem()

    assert problem == {
        "type": "urn:expertglasses:error:job_gone",
        "title": "The job was deleted",
        "status": 410,
        "code": "job_gone",
        "retryable": False,
        "hint": "later",
    }
