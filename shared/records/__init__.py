"""The job record: ours, not Celery's, and the only truth about a job.

Everything of one job lies under keys that share the hash tag `{id}` and expire together; each transition is
one Lua script, so it happens whole or not at all, on Redis' own clock. Outputs are written once.
"""

from shared.records.events import Event, EventKind
from shared.records.origin import LOCAL, Origin
from shared.records.store import Begun, Records, Verdict

__all__ = ["LOCAL", "Begun", "Event", "EventKind", "Origin", "Records", "Verdict"]
