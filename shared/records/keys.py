"""Names of everything we keep in Redis. `docs/04-job-record.md` explains them.

Each expires but those that an operator or a tenant configures: access keys and webhooks.
"""

ACTIVE = "eg:active"  # sorted set: jobs not yet ended, by the time they were created
ENDED = "eg:ended"  # list: ends of jobs that a webhook is to be told
EXPIRY = "eg:expiry"  # sorted set: jobs with files in the blob store, by the time these must go
HOOKS_DUE = "eg:hooks:due"  # sorted set: webhook messages by the time of their next attempt
KEYS = "eg:keys"  # hash: access keys by id, hashed
METRICS = "eg:metrics"  # hash: counts of what happened
RULES = "eg:rules"  # string: the rule set in force, as the expert published it
SWEEPER = "eg:sweeper"  # lock: one sweeper at a time
WORKERS = "eg:workers"  # sorted set: workers by their last heartbeat


def job(job_id: str) -> str:
    """Hash: the record."""
    return f"eg:job:{{{job_id}}}"


def events(job_id: str) -> str:
    """Stream: what happened to the job, in order."""
    return f"eg:job:{{{job_id}}}:events"


def tombstone(job_id: str) -> str:
    """String: the job was deleted."""
    return f"eg:job:{{{job_id}}}:gone"


def made_from(job_id: str) -> str:
    """Set: jobs made from the job."""
    return f"eg:job:{{{job_id}}}:made"


def jobs_of(owner: str) -> str:
    """Sorted set: a tenant's jobs by the time they were created."""
    return f"eg:jobs:{owner}"


def worker(worker_id: str) -> str:
    """Hash: what a living worker says of itself."""
    return f"eg:worker:{worker_id}"


def once(tenant: str, digest: str) -> str:
    """String: what an idempotency key of a tenant was used for."""
    return f"eg:once:{tenant}:{digest}"


def imports_of(tenant: str) -> str:
    """Sorted set: a tenant's imports of catalogues by the time they were created."""
    return f"eg:imports:{tenant}"


def import_(import_id: str) -> str:
    """Hash: an import of a catalogue."""
    return f"eg:import:{import_id}"


def hooks_of(tenant: str) -> str:
    """Hash: a tenant's webhooks by id."""
    return f"eg:hooks:of:{tenant}"


def message(message_id: str) -> str:
    """Hash: a webhook message and what became of it."""
    return f"eg:hooks:message:{message_id}"


def deliveries(webhook_id: str) -> str:
    """Sorted set: messages of a webhook by the time they were made."""
    return f"eg:hooks:log:{webhook_id}"
