"""What happened to some of the families, one function for each story; importing this room registers them all."""

from sample_data.stories import agreements, duties, misplaced, overpaid, promises, unpaid, unreadable
from sample_data.stories.telling import STORIES, Story

__all__ = ["STORIES", "Story", "agreements", "duties", "misplaced", "overpaid", "promises", "unpaid", "unreadable"]
