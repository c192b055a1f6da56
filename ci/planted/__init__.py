"""Right backward passes and the mistakes planted in them, for the tests of the check and for its benchmark."""

from __future__ import annotations

from ci.planted.circuits import CIRCUITS
from ci.planted.nets import NETS
from ci.planted.operations import GATES, Bug, Operation, load

__all__ = ["OPERATIONS", "Bug", "Operation", "load"]

OPERATIONS = {operation.name: operation for operation in (*GATES, *CIRCUITS, *NETS)}
