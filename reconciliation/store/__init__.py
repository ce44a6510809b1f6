"""The store: every version, load, run, exception seen, position and audit entry; the only rooms that know SQL."""

from reconciliation.store.database import StoreFault, default_url
from reconciliation.store.deliveries import FILES_READ, Deliveries, Load
from reconciliation.store.families import Families
from reconciliation.store.forgetting import Forgetting
from reconciliation.store.positions import Neighbours, Positions
from reconciliation.store.runs import Run, Runs
from reconciliation.store.snapshots import Snapshots, settled_packed

__all__ = ["FILES_READ", "Load", "Neighbours", "Run", "Store", "StoreFault", "default_url", "settled_packed"]


class Store(Snapshots, Deliveries, Families, Positions, Runs, Forgetting):
    """One council's store; open it with `Store.open(url)` and leave it by `with`."""
