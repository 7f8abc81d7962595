"""The base of every contract."""

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """Immutable, finite numbers only, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
