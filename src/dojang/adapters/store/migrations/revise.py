"""Write the next revision: what brings a database from the newest revision to the tables in code.

Run as `python -m dojang.adapters.store.migrations.revise SLUG "One sentence about it"`, read what it wrote (Alembic
cannot see renames, nor move data), then format it. A revision that has been released is never changed.
"""

import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations.ops import DowngradeOps, UpgradeOps

from dojang.adapters.store.engine import open_database
from dojang.adapters.store.migrations import VERSION_TABLE, compared_options, newest_revision, upgrade
from dojang.adapters.store.tables import METADATA

VERSIONS = Path(__file__).parent / "versions"
FORM = '''"""{sentence}"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{previous}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
{up}

def downgrade() -> None:
    """Take this revision back."""
{down}'''


def render(revision: str, sentence: str) -> str:
    """Return the source of the revision that follows the newest one. Raises `ValueError` when nothing has changed."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'newest.sqlite'}")
        upgrade(database.engine)
        with database.reading() as connection:
            context = MigrationContext.configure(
                connection, opts={**compared_options(), "version_table": VERSION_TABLE, "target_metadata": METADATA}
            )
            script = produce_migrations(context, METADATA)
        database.dispose()
    up, down = _render(script.upgrade_ops), _render(script.downgrade_ops)
    if not up.strip():
        raise ValueError("the tables in code are those of the newest revision")
    return FORM.format(sentence=sentence, revision=revision, previous=newest_revision(), up=up, down=down)


def _render(operations: UpgradeOps | DowngradeOps | None) -> str:
    if operations is None:
        raise RuntimeError("Alembic produced no operations")
    code = render_python_code(operations, render_item=_render_item)
    kept = [line for line in code.splitlines() if line.strip() and not line.lstrip().startswith("# ###")]
    return textwrap.indent(textwrap.dedent("\n".join(kept)), "    ") + "\n"


def _render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Render our own column types as what they are in the database: a migration must not change when code does."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


if __name__ == "__main__":
    slug, sentence = sys.argv[1:]
    name = f"{int(newest_revision()[:4]) + 1:04d}_{slug}"
    (VERSIONS / f"{name}.py").write_text(render(name, sentence), encoding="utf-8")
    sys.stdout.write(f"{name}.py written; read it, then run ruff format on it\n")
