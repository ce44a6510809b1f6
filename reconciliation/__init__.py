"""Direct-payment reconciliation for English councils: who is owed what, since when, and who has been told."""

__version__ = "0.1.0"
