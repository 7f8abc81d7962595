"""Redis and Celery, with the settings that their known traps call for.

Each setting below answers a failure that was seen: see `docs/05-broker.md`.
"""

from typing import Any
from urllib.parse import unquote, urlsplit

import redis
from celery import Celery
from celery.canvas import Signature
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.retry import Retry

from shared import tracing
from shared.contracts import STAGES, Stage
from shared.settings import Settings, settings

_SENTINEL_PORT = 26379
_CONNECTIONS = 4096  # more than any process has threads: whoever needs one gets one

# The task of each stage; its queue has the stage's name.
TASKS = {
    Stage.PERCEPTION: "perceive",
    Stage.EXPERT: "advise",
    Stage.SEARCH: "search",
    Stage.GAN: "design",
}


def connect(config: Settings | None = None, *, patient: bool = False) -> redis.Redis:
    """A client whose answers are text.

    Args:
        config: The settings of this process when not given.
        patient: Workers wait out a restart of the broker (about 30 s of retries); the door fails at once.
    """
    config = config or settings()
    # A connection that a restart broke is made anew at once; a broker that takes a request and never answers is not
    # asked twice, so that the door says so in less than a second.
    again = [redis.ConnectionError, redis.TimeoutError] if patient else [redis.ConnectionError]
    retry = Retry(ExponentialBackoff(cap=2.0, base=0.05), 20) if patient else Retry(NoBackoff(), 1, (*again,))
    options: dict[str, Any] = {
        "decode_responses": True,
        "socket_timeout": config.redis_timeout_seconds if patient else min(config.redis_timeout_seconds, 0.8),
        "socket_connect_timeout": min(config.redis_timeout_seconds, 0.5),
        "health_check_interval": 15,
        "retry": retry,
        "retry_on_error": again,
        "max_connections": _CONNECTIONS,
    }
    url = config.redis_url.get_secret_value()
    if url.startswith("sentinel://"):
        return _by_sentinels(url, config.redis_master, options)
    client: redis.Redis = redis.Redis.from_url(url, **options)
    return client


def _by_sentinels(urls: str, master: str, options: dict[str, Any]) -> redis.Redis:
    """A client of the Redis that the sentinels say is in force; each new connection asks them anew.

    Args:
        urls: As Celery takes them: `sentinel://user:password@host:port/db`, several joined by semicolons. User,
            password and database are those of Redis, taken from the first.
        master: The name that the sentinels know it by.
        options: Of each connection.
    """
    parts = [urlsplit(url) for url in urls.split(";")]
    hosts = [(part.hostname or "localhost", part.port or _SENTINEL_PORT) for part in parts]
    first = parts[0]
    asking = {name: options[name] for name in ("socket_timeout", "socket_connect_timeout")}
    sentinels: Any = redis.Sentinel(hosts, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]  # untyped there
    client: redis.Redis = sentinels.master_for(
        master,
        db=int(first.path.strip("/") or 0),
        username=unquote(first.username) if first.username else None,
        password=unquote(first.password) if first.password else None,
        **options,
    )
    return client


def make_app(config: Settings | None = None) -> Celery:
    """A Celery application: JSON only, ids only, late acknowledgement, no result backend."""
    config = config or settings()
    app = Celery("expertglasses", broker=config.redis_url.get_secret_value(), set_as_current=False)
    app.conf.update(
        # The job record is the truth; Celery's results would be a second one.
        result_backend=None,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        # A stage may run twice; it must never be lost.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_soft_time_limit=config.stage_soft_seconds,
        task_time_limit=config.stage_hard_seconds,
        broker_transport_options={
            "visibility_timeout": config.visibility_seconds,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "unacked_mutex_expire": 10,
            # One loop serves all lines of a worker: each that is dead holds it for this long, one after another.
            "socket_timeout": min(config.redis_timeout_seconds, 1.0),
            "socket_connect_timeout": min(config.redis_timeout_seconds, 1.0),
            "health_check_interval": 1,
            # An acknowledgement that fails keeps its place among the prefetched for ever; a message sent twice does no harm.
            "retry_on_timeout": True,
            **({"master_name": config.redis_master} if config.redis_master else {}),
        },
        # A publisher that cannot reach the broker says so at once.
        task_publish_retry=False,
        broker_connection_timeout=1,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # Flower shows ids, never content: a message carries nothing else.
        worker_send_task_events=True,
        task_send_sent_event=True,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_proc_alive_timeout=20.0,
        task_default_queue=Stage.PERCEPTION,
        task_create_missing_queues=True,
    )
    return app


def _step(app: Celery, stage: Stage, job_id: str) -> Signature:
    # The trace's context travels with each step, so that all stages hang under the request that began them.
    return app.signature(
        TASKS[stage], args=(job_id,), queue=str(stage), immutable=True, headers=tracing.carrier()
    )


def submit(app: Celery, job_id: str, first: Stage = Stage.PERCEPTION) -> None:
    """Enqueue the chain of stages from `first` on.

    Raises:
        kombu.exceptions.OperationalError: The broker cannot be reached.
    """
    steps: list[Any] = [_step(app, stage, job_id) for stage in STAGES[STAGES.index(first) :]]
    head, *tail = steps
    # A chain of one is a plain task; both carry the same headers.
    (head if not tail else _linked(steps)).apply_async()


def _linked(steps: list[Any]) -> Any:
    from celery import chain  # noqa: PLC0415  celery.chain is resolved lazily by the library itself

    return chain(*steps)
