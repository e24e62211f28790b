"""The same road on PostgreSQL: one setting, nothing else differs."""

from pathlib import Path

from builders import journey_judges as judges
from builders.journey import Customer, running_town, town_settings
from dojang.pki.certificate import certificate_pem
from postgres import PostgresServer


def test_the_whole_road_on_postgresql(postgres_server: PostgresServer, tmp_path: Path) -> None:
    url = postgres_server.create_database()
    settings = town_settings(tmp_path, database_url=url.render_as_string(hide_password=False))
    with running_town(settings) as town:
        customer = Customer(town, seed=91).moves_in()
        held = customer.walks()
        pem = tmp_path / "signing.pem"
        pem.write_bytes(certificate_pem(held.delivered.signing_der))
        assert judges.openssl_verifies(pem, settings.authority_dir, judges.SIGNING_POLICY) == ""
        verified = town.dojang("audit", "verify")
        assert verified.exit_code == 0, verified.output
        assert town.sandbox.get("/sandbox/bank/ledger")["balanced"]
    assert not list(settings.data_dir.glob("dojang.db*"))
    postgres_server.drop_database(url)
