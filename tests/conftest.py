"""What every tier of tests may use."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RESEARCH = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def research() -> Path:
    """The folder of research data beside the checkout; tests that judge on it skip where it is missing."""
    if not (RESEARCH / "data").is_dir():
        pytest.skip("the research data beside the checkout is missing; this test judges on it")
    return RESEARCH
