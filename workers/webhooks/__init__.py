"""Delivers webhooks: its own queue, its own process, so that a slow receiver delays no photo.

The queue is a sorted set in Redis by the time of each next attempt (`shared/records/hooks.py`): pauses of hours
outlast every restart, and a message whose courier died is taken again.
"""

from workers.webhooks.courier import Courier

__all__ = ["Courier"]
