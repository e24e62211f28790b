"""All tables, one module per step. Importing this package fills `METADATA`."""

import importlib
import pkgutil

from dojang.adapters.store.tables.metadata import METADATA

# Every module beside this one adds its tables by being imported, so that a new step needs no edit here.
for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["METADATA"]
