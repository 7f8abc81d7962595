"""Names of everything we keep in Redis. Each key expires; `docs/04-job-record.md` explains them."""

ACTIVE = "eg:active"  # sorted set: jobs not yet ended, by the time they were created
EXPIRY = "eg:expiry"  # sorted set: jobs with files in the blob store, by the time these must go
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
