"""The flows: a night, a family's rerun and the weekly briefing under Prefect."""
