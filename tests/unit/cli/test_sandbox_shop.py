"""The sandbox's shop is registered once, where there is a sandbox, and knows what any registered site is given."""

import json
import stat
from pathlib import Path

import pytest

from builders.edge import founded, settings_of
from dojang.bootstrap import open_office
from dojang.cli.sandbox_shop import NAME, register_shop
from dojang.config import Settings
from dojang.controls.relying_parties.model import RelyingParty
from dojang.controls.relying_parties.usecases import authenticate_party, list_parties
from dojang.sandbox.shop.registration import read_registration


def parties(settings: Settings) -> list[RelyingParty]:
    office = open_office(settings)
    try:
        return list(list_parties(store=office.store))
    finally:
        office.database.dispose()


def test_the_shop_is_registered_once_for_an_address(tmp_path: Path) -> None:
    settings = settings_of(founded(tmp_path))
    register_shop(settings)
    first = read_registration(settings.shop_file)
    register_shop(settings)
    assert read_registration(settings.shop_file) == first
    (party,) = parties(settings)
    assert (party.name, party.client_id) == (NAME, first.client_id)
    assert party.redirect_uris == (f"{first.address}/back", f"{first.address}/signed")
    assert first.address == f"{settings.sandbox_url}/shop"
    assert stat.S_IMODE(settings.shop_file.stat().st_mode) == 0o600
    office = open_office(settings)
    assert authenticate_party(first.client_id, first.secret, store=office.store) == party
    assert first.root.subject == first.root.issuer
    office.database.dispose()
    elsewhere = settings_of(settings.data_dir, web={"sandbox_port": settings.web.sandbox_port + 1})
    register_shop(elsewhere)
    assert read_registration(elsewhere.shop_file).client_id != first.client_id
    assert len(parties(elsewhere)) == 2


@pytest.mark.parametrize("kept", ["{}", "junk"])
def test_a_file_that_is_not_the_shops_is_written_anew(tmp_path: Path, kept: str) -> None:
    settings = settings_of(founded(tmp_path))
    settings.shop_file.write_text(kept)
    register_shop(settings)
    assert json.loads(settings.shop_file.read_text())["issuer"] == settings.public_url


def test_where_nobody_could_be_sent_there_is_no_shop(tmp_path: Path) -> None:
    settings = settings_of(founded(tmp_path), web={"host": "0.0.0.0"})  # noqa: S104 - no address to send people to
    register_shop(settings)
    assert not settings.shop_file.exists()
    assert parties(settings) == []
