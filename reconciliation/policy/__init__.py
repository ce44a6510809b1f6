"""The policy: one council's rules as data, read from TOML over the shipped defaults."""

from reconciliation.policy.reading import default_policy, read_policy, version_of
from reconciliation.policy.settings import Policy

__all__ = ["Policy", "default_policy", "read_policy", "version_of"]
