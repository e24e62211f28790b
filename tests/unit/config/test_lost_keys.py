"""A store that has been used is not opened with new keys; directories with secrets are the office's alone."""

from pathlib import Path

import pytest

from builders.edge import founded, open_edge, settings_of
from dojang.adapters.store.audit_log import AuditHeads
from dojang.bootstrap import (
    KeysLost,
    open_audit_signer,
    open_office,
    open_witness,
    refuse_lost_audit_key,
)
from dojang.controls.audit_log.usecases import publish_head


def test_a_used_store_is_not_opened_with_a_new_ring(tmp_path: Path) -> None:
    edge = open_edge(founded(tmp_path))
    settings = edge.office.settings
    edge.add_account("gildong")
    edge.close()
    open_office(settings).database.dispose()
    (settings.secrets_dir / "fields.keys").unlink()
    with pytest.raises(KeysLost) as refused:
        open_office(settings)
    assert refused.value.fields == {"missing": "fields.keys"}
    assert not (settings.secrets_dir / "fields.keys").exists()


def test_signed_heads_are_not_followed_by_a_new_key(tmp_path: Path) -> None:
    edge = open_edge(founded(tmp_path))
    settings = edge.office.settings
    refuse_lost_audit_key(settings, edge.office.database)  # nothing was signed yet
    edge.add_account("gildong")
    publish_head(
        AuditHeads(edge.office.database), open_audit_signer(settings), open_witness(settings), edge.clock.now()
    )
    refuse_lost_audit_key(settings, edge.office.database)
    (settings.secrets_dir / "audit.key").unlink()
    with pytest.raises(KeysLost):
        refuse_lost_audit_key(settings, edge.office.database)
    edge.close()


def test_a_directory_others_may_read_is_made_private(tmp_path: Path) -> None:
    data_dir = founded(tmp_path)
    settings = settings_of(data_dir)
    for one in (data_dir, settings.secrets_dir):
        one.chmod(0o755)
    open_office(settings).database.dispose()
    assert [one.stat().st_mode & 0o777 for one in (data_dir, settings.secrets_dir)] == [0o700, 0o700]
