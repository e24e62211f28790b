"""A production start is refused with anything only a sandbox may have, and with anything that is missing."""

import contextlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from builders.edge import founded, settings_of
from builders.served import free_port
from dojang.adapters.authority_folder import AuthorityMissing
from dojang.adapters.trust_folder import RootForTests
from dojang.bootstrap import (
    StoreUnreachable,
    open_audit_signer,
    open_guard,
    open_office,
    open_signer,
    open_subscriber_office,
)
from dojang.cli.serve import ServeRole, check_role, prepare
from dojang.config import ConfigUnreadable, Environment, ProductionRefused, Settings
from dojang.gateways import open_gateways
from dojang.kernel.errors import DojangError
from dojang.kernel.neighbour import SandboxInProduction
from dojang.pki.keystore import KeyStoreLocked
from dojang.pki.profile import ArcInvalid, ArcIsForDocumentation, ArcNotOwned
from dojang.sandbox.authority.office import AuthorityOffice
from dojang.sandbox.authority.records import Memory
from dojang.sandbox.server import SandboxThread
from dojang.sandbox.state import State

OWN_ARC = "1.3.6.1.4.1.99999"
REAL = {
    **{name: {"url": f"https://{name}.example"} for name in ("bank", "telephony", "registry", "notice")},
    "email": {"url": "smtps://mail.example"},
}
Changed = Callable[..., Settings]


@pytest.fixture
def production(tmp_path: Path) -> Changed:
    """Settings of a production office with a ceremony, `changes` by section."""
    data_dir = founded(tmp_path)

    def changed(**changes: Any) -> Settings:
        values: dict[str, Any] = {
            "environment": "production",
            "web": {"public_url": "https://ca.dojang.example"},
            "authority": {"arc": OWN_ARC},
            "neighbours": REAL,
        }
        return settings_of(data_dir, **{**values, **changes})

    return changed


def opened(settings: Settings) -> None:
    open_signer(settings).database.dispose()


def test_a_complete_production_office_opens(production: Changed) -> None:
    opened(production())


@pytest.mark.parametrize("name", ["bank", "telephony", "registry", "notice", "email"])
def test_a_sandbox_neighbour_is_refused(production: Changed, name: str) -> None:
    with pytest.raises(ProductionRefused) as refused:
        opened(production(neighbours={key: one for key, one in REAL.items() if key != name}))
    assert refused.value.fields == {"settings": [f"neighbours.{name}"]}


@pytest.mark.parametrize("url", ["", "http://ca.dojang.example"])
def test_an_address_without_tls_is_refused(production: Changed, url: str) -> None:
    with pytest.raises(ProductionRefused) as refused:
        opened(production(web={"public_url": url}))
    assert refused.value.fields == {"settings": ["web.public_url"]}


def test_everything_at_fault_is_named_at_once(production: Changed) -> None:
    with pytest.raises(ProductionRefused) as refused:
        opened(production(neighbours={}, web={}))
    assert refused.value.fields["settings"] == [
        "neighbours.bank",
        "neighbours.telephony",
        "neighbours.registry",
        "neighbours.notice",
        "neighbours.email",
        "web.public_url",
    ]


@pytest.mark.parametrize(
    ("authority", "error"),
    [
        ({}, ArcIsForDocumentation),
        ({"arc": "1.3.6.1.4.1.32473.7"}, ArcIsForDocumentation),
        ({"arc": "1.2.410.200004.5"}, ArcNotOwned),
        ({"arc": "1.2.410"}, ArcNotOwned),
        ({"arc": "1.2.410.200004.5", "owned_arcs": ["1.2.410.200005"]}, ArcNotOwned),
        ({"arc": "2.5.29.32.0"}, ArcInvalid),
        ({"arc": "our arc"}, ArcInvalid),
    ],
)
def test_an_arc_that_is_not_the_operators_is_refused(
    production: Changed, authority: dict[str, Any], error: type[DojangError]
) -> None:
    for opener in (open_office, open_signer, open_subscriber_office):
        with pytest.raises(error):
            opener(production(authority=authority))


def test_a_korean_arc_of_ones_own_is_taken(production: Changed) -> None:
    opened(production(authority={"arc": "1.2.410.200004.5.7", "owned_arcs": ["1.2.410.200004.5"]}))


def test_a_missing_ceremony_is_refused_and_none_is_held(production: Changed) -> None:
    settings = production()
    (settings.authority_dir / "issuing.pem").unlink()
    before = sorted(settings.authority_dir.rglob("*"))
    with pytest.raises(AuthorityMissing) as refused:
        prepare(settings)
    assert refused.value.fields == {"artefact": "issuing.pem"}
    assert sorted(settings.authority_dir.rglob("*")) == before


def test_a_key_store_without_its_passphrase_is_refused(production: Changed) -> None:
    settings = production()
    (settings.secrets_dir / "keystore.passphrase").unlink()
    with pytest.raises(KeyStoreLocked):
        check_role(settings, ServeRole.SUBSCRIBER)
    check_role(settings, ServeRole.OPERATOR)  # needs no key


def test_another_passphrase_is_refused(production: Changed) -> None:
    settings = production()
    (settings.secrets_dir / "keystore.passphrase").write_text("another passphrase\n", "utf-8")
    with pytest.raises(KeyStoreLocked):
        check_role(settings, ServeRole.SIGNER if settings.signer.secret_file else ServeRole.SUBSCRIBER)


def test_a_signer_without_a_secret_is_refused_on_both_sides(production: Changed) -> None:
    for role, signer in ((ServeRole.SIGNER, {}), (ServeRole.SUBSCRIBER, {"url": "https://signer.internal"})):
        with pytest.raises(ConfigUnreadable) as refused:
            check_role(production(signer=signer), role)
        assert refused.value.fields == {"fields": ["signer.secret_file"]}


def test_a_subscriber_process_with_a_signer_needs_no_key(production: Changed, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x" * 32, "utf-8")
    settings = production(signer={"url": "https://signer.internal", "secret_file": str(secret)})
    for key in (settings.authority_dir / "keys").iterdir():
        key.unlink()
    (settings.secrets_dir / "keystore.passphrase").unlink()
    check_role(settings, ServeRole.SUBSCRIBER)


def test_a_database_that_is_not_there_is_refused_without_its_password(production: Changed) -> None:
    url = f"postgresql://office:hunter2@127.0.0.1:{free_port()}/dojang"
    with pytest.raises(StoreUnreachable) as refused:
        opened(production(database_url=url))
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("url", ["mysql://office:hunter2@db/dojang", "sqlite://", "not a url"])
def test_another_kind_of_database_is_refused(production: Changed, url: str) -> None:
    with pytest.raises(ConfigUnreadable) as refused:
        opened(production(database_url=url))
    assert refused.value.fields == {"fields": ["database_url"]}


def test_a_data_directory_that_cannot_be_is_refused(production: Changed, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ConfigUnreadable) as refused:
        open_office(production().model_copy(update={"data_dir": tmp_path / "file" / "below"}))
    assert refused.value.fields == {"fields": ["data_dir"]}


def test_a_simulator_behind_a_real_looking_address_is_found_out(production: Changed) -> None:
    with SandboxThread() as sandbox:
        paths = {"bank": "bank", "telephony": "telephony", "registry": "registry", "notice": "mailbox"}
        simulated = {name: {"url": f"{sandbox.base_url}/{path}"} for name, path in paths.items()}
        settings = production(neighbours={**simulated, "email": REAL["email"]})
        office = open_office(settings)  # the settings alone do not show it
        gateways = open_gateways(settings, office, open_guard(office))
        try:
            with pytest.raises(SandboxInProduction) as refused:
                gateways.bank.settle(reference="r-1", sent_on=date(2026, 11, 23), amount_krw=1)
            assert refused.value.fields == {"neighbour": "bank"}
        finally:
            with contextlib.closing(gateways.reader):
                office.database.dispose()


def test_the_audit_key_is_made_in_a_private_place(production: Changed) -> None:
    settings = production()
    open_audit_signer(settings)
    assert (settings.secrets_dir / "audit.key").stat().st_mode & 0o077 == 0


def test_a_root_made_for_tests_is_not_trusted(production: Changed, tmp_path: Path) -> None:
    roots = tmp_path / "roots"
    roots.mkdir()
    office = AuthorityOffice(Memory(State()), "http://127.0.0.1:9")
    (roots / "test.pem").write_bytes(office.trusted_pem())
    settings = production(reliance={"trusted_roots_dir": str(roots)})
    with pytest.raises(RootForTests) as refused:
        opened(settings)
    assert refused.value.fields == {"file": "test.pem"}
    opened(settings.model_copy(update={"environment": Environment.SANDBOX}))
