"""Every setting of every service, in one place.

Read from the environment (`EXPERTGLASSES_<NAME>`), then from a TOML file (`expertglasses.toml` in the working
directory, or the file that `EXPERTGLASSES_CONFIG` names), then from files in `/run/secrets`
(`expertglasses_<name>`), then the defaults below. `docs/settings.md`
describes each; a test fails when one is missing there.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from shared.errors import SettingsInvalidError

ROOT = Path(__file__).resolve().parents[1]
# Container engines mount secrets as files: `expertglasses_redis_url` here is the setting `redis_url`.
SECRETS = Path("/run/secrets") if Path("/run/secrets").is_dir() else None
_RATE = r"^(0|[1-9]\d{0,8}/(second|minute|hour|day))$"
_KEY_CHARACTERS = 32


class Settings(BaseSettings):
    """The description of each field is its documentation."""

    model_config = SettingsConfigDict(
        env_prefix="EXPERTGLASSES_", extra="forbid", frozen=True, secrets_dir=SECRETS
    )

    # Where things are
    data_dir: Path = Field(
        ROOT / "var", description="Folder for catalogues, local blobs and the embedded broker."
    )
    models_dir: Path = Field(ROOT / "models", description="Folder of weights, with `manifest.json`.")
    rules_dir: Path = Field(
        ROOT / "workers" / "expert" / "rules", description="Folder of the expert's rule files, one per theme."
    )
    blob_url: str = Field(
        "",
        description="Blob store as an fsspec URL, e.g. `s3://bucket/prefix`; empty: `blobs/` in `data_dir`.",
    )
    blob_options: dict[str, str] = Field(
        default_factory=dict,
        description="Options of the blob store as a JSON object, e.g. `endpoint_url`, `key`, `secret` for S3.",
    )

    # Broker and job records
    redis_url: SecretStr = Field(
        SecretStr("redis://127.0.0.1:6379/0"),
        description="Redis or Valkey that queues jobs and keeps their records; `sentinel://a:26379;sentinel://b:26379` too.",
    )
    redis_master: str = Field(
        "", description="Name that the sentinels know it by; needed where `redis_url` names sentinels."
    )
    redis_timeout_seconds: float = Field(
        2.0, gt=0, description="How long one command to Redis may take before it counts as lost."
    )
    stage_soft_seconds: int = Field(
        30, ge=1, description="A stage that works longer is stopped and its job fails."
    )
    stage_hard_seconds: int = Field(40, ge=2, description="A stage that ignores the soft limit is killed.")
    visibility_seconds: int = Field(
        120,
        ge=3,
        description="After this an unacknowledged message is delivered again; above the hard limit.",
    )
    stage_attempts: int = Field(3, ge=1, le=10, description="How often a stage may start on one job.")
    heartbeat_seconds: float = Field(
        1.0,
        gt=0,
        description="How often a worker says that it lives; silent for five times this, it counts as dead.",
    )
    worker_processes: int = Field(
        1, ge=1, description="Processes of one worker started with `python -m workers`."
    )
    heart_file: Path | None = Field(
        None, description="File a worker writes with each heartbeat, for health checks of its container."
    )
    sweep_seconds: float = Field(
        2.0, gt=0, description="How often workers look for stranded jobs and expired files."
    )
    tombstone_seconds: int = Field(
        3600, ge=1, description="How long a deleted job answers 410 instead of 404."
    )

    # The door
    host: str = Field("127.0.0.1", description="Address the gateway listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port the gateway listens on.")
    flower_port: int = Field(5555, ge=0, le=65535, description="Port Flower listens on, on loopback only.")
    gateway_processes: int = Field(1, ge=1, description="Gateway processes.")
    gateway_threads: int = Field(
        256, ge=4, description="Requests one gateway process serves at once, streams included."
    )
    max_streams: int = Field(
        200, ge=1, description="Clients that may listen to events of one gateway process at once."
    )
    max_upload_bytes: int = Field(
        15_000_000, ge=1_000, description="Largest upload; more is 413, before buffering."
    )
    max_photo_pixels: int = Field(
        50_000_000, ge=1_000, description="Largest photo in pixels, read from its header."
    )
    min_photo_side: int = Field(64, ge=1, description="Smallest side of a photo in pixels.")
    max_queued_jobs: int = Field(10_000, ge=1, description="Jobs waiting or running at most; more is 503.")
    max_wait_seconds: int = Field(60, ge=0, description="Longest `Prefer: wait`.")
    max_catalogue_bytes: int = Field(
        200_000_000, ge=1_000, description="Largest upload of a catalogue's table and pictures."
    )
    idempotency_seconds: int = Field(
        86_400, ge=60, description="How long an `Idempotency-Key` is remembered, at most as long as its job."
    )
    consent_required: bool = Field(
        default=False, description="Refuse jobs without `consent`: the person in the photo agreed to its use."
    )
    photo_url: bool = Field(
        default=False, description="Whether a job may name the address of its photo instead of sending it."
    )

    # Who may come in
    auth: Literal["auto", "on"] = Field(
        "auto", description="`auto`: keys are asked for unless `host` is a loopback address; `on`: always."
    )
    bootstrap_key: SecretStr = Field(
        SecretStr(""),
        description="A key with every scope that needs no `keys create`, 32 characters or more; empty: none.",
    )
    request_limit: str = Field(
        "1200/minute", pattern=_RATE, description="Requests of one key; more are 429. `0` sets no limit."
    )
    create_limit: str = Field(
        "120/minute", pattern=_RATE, description="Jobs and imports that one key may create; `0`: no limit."
    )
    cors_origins: tuple[str, ...] = Field(
        (),
        description='Origins whose pages may use this API, as a JSON list, e.g. `["https://shop.example"]`.',
    )

    # What this service calls
    outbound_private_hosts: tuple[str, ...] = Field(
        (), description="Host names, as a JSON list, whose addresses may be private: a shop's own receivers."
    )
    outbound_ca_file: Path | None = Field(
        None, description="Certificates trusted for calls to others; those of `certifi` when empty."
    )
    webhook_retry_seconds: tuple[int, ...] = Field(
        (5, 60, 300, 1_800, 7_200, 21_600, 43_200),
        description="Pauses before each further attempt to deliver a webhook, as a JSON list; each is jittered.",
    )
    webhook_timeout_seconds: float = Field(
        10.0, gt=0, description="How long a receiver may take to answer a webhook."
    )

    # Search
    catalogue: str = Field("default", description="Catalogue searched when a job names none.")

    # Operation
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token that `/metrics` asks for; empty: there is no `/metrics`."
    )
    otlp_endpoint: str = Field(
        "", description="Where traces go, e.g. `http://collector:4318`; empty: nothing is traced."
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe log line kept."
    )
    log_format: str = Field(
        "auto", pattern="^(auto|json|console)$", description="`auto`: console on a terminal."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the library's signature
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before file before defaults."""
        file = Path(os.environ.get("EXPERTGLASSES_CONFIG", "expertglasses.toml"))
        toml = TomlConfigSettingsSource(settings_cls, toml_file=file)
        return init_settings, env_settings, toml, file_secret_settings

    def model_post_init(self, _context: object) -> None:
        """Limits nest: soft < hard < visibility, or a running stage is delivered twice; no key is guessable."""
        if not self.stage_soft_seconds < self.stage_hard_seconds < self.visibility_seconds:
            raise SettingsInvalidError(
                "stage_soft_seconds < stage_hard_seconds < visibility_seconds must hold"
            )
        if 0 < len(self.bootstrap_key.get_secret_value()) < _KEY_CHARACTERS:
            raise SettingsInvalidError(f"bootstrap_key must have {_KEY_CHARACTERS} characters or more")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        SettingsInvalidError: A setting is not valid; the message names it, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)
        )
        raise SettingsInvalidError(wrong) from None
