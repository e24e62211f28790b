"""Settings: defaults that run, rules that are kept, and the setting at fault by its name."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

from dojang.config import (
    SETTINGS_VARIABLE,
    ConfigUnreadable,
    Environment,
    Settings,
    SignerSettings,
    load_settings,
    parse_settings,
)

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs" / "dojang.example.toml"
VARIABLES = ("DOJANG_CONFIG", "DOJANG_DATABASE_URL", "DOJANG_DATA_DIR", SETTINGS_VARIABLE)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def names(section: object, prefix: str = "") -> set[str]:
    """Every setting by its dotted name."""
    found = set()
    fields = type(section).model_fields if isinstance(section, BaseModel) else section.__dataclass_fields__  # type: ignore[attr-defined]  # a policy
    for name in fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel) or hasattr(value, "__dataclass_fields__"):
            found |= names(value, f"{prefix}{name}.")
        else:
            found.add(prefix + name)
    return found


# --- the example file ---


def test_the_example_says_what_the_code_says_anyway() -> None:
    assert load_settings(EXAMPLE) == Settings()


def test_the_example_names_every_setting_with_a_meaning() -> None:
    section, named, meant = "", set(), False
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if header := re.fullmatch(r"\[([\w.]+)\]", line):
            section = f"{header[1]}."
        elif setting := re.match(r"(?:# )?(\w+) =", line):
            assert meant, line
            named.add(section + setting[1])
        meant = line.startswith("# ")
    assert named == names(Settings())


def test_the_example_is_what_its_tool_writes() -> None:
    spec = importlib.util.spec_from_file_location("example_settings", ROOT / "tools" / "example_settings.py")
    assert spec is not None
    assert spec.loader is not None
    tool: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.render() == EXAMPLE.read_text("utf-8")


def test_the_example_holds_no_secret() -> None:
    values = tomllib.loads(EXAMPLE.read_text("utf-8"))
    assert "sandbox-only" not in json.dumps(values)


# --- what is refused, and by which name ---


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"nonsense": 1}, ["nonsense"]),
        ({"web": {"prot": 8000}}, ["web.prot"]),
        ({"policy": {"access": {"lock_minuets": 5}}}, ["policy.access.lock_minuets"]),
        ({"policy": {"access": {"attempts": {"window": 5}}}}, ["policy.access.attempts.window"]),
        ({"policy": {"proofing": {"deposit": {"typo": 1}}}}, ["policy.proofing.deposit.typo"]),
        ({"web": {"port": "eighty"}, "environment": "prod"}, ["environment", "web.port"]),
        ({"web": {"port": 65536}}, ["web.port"]),
        ({"web": {"public_url": "ca.example"}}, ["web.public_url"]),
        ({"web": {"trusted_proxies": ["10.0.0.0/8", "everybody"]}}, ["web.trusted_proxies.1"]),
        ({"web": {"max_photograph_bytes": 0}}, ["web.max_photograph_bytes"]),
        ({"web": 3}, ["web"]),
        ({"neighbours": {"bank": {"url": "bank.example"}}}, ["neighbours.bank.url"]),
        ({"neighbours": {"bank": {"account_number": "12-34"}}}, ["neighbours.bank.account_number"]),
        ({"policy": {"access": {"failures_to_lock": 0}}}, ["policy.access"]),
        ({"policy": {"access": {"attempts": {"sign_ins_per_address": 0}}}}, ["policy.access.attempts"]),
        ({"policy": {"proofing": {"deposit": {"code_digits": 1}}}}, ["policy.proofing.deposit"]),
        ({"signer": {"url": "http://10.0.0.5:8712"}}, ["signer.url"]),
        ({"signer": {"url": "http://127.0.0.1.example:8712"}}, ["signer.url"]),
        ({"signer": {"host": "0.0.0.0"}}, ["signer"]),  # noqa: S104 - refused
        ({"signer": {"tls_certificate_file": "chain.pem"}}, ["signer"]),
    ],
)
def test_a_broken_setting_is_named(values: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(ConfigUnreadable) as refused:
        parse_settings(values)
    assert refused.value.fields == {"fields": fields}


@pytest.mark.parametrize("content", [b"[web", b"\xff\xfe", b"port = 1\nport = 2\n"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "dojang.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigUnreadable) as refused:
        load_settings(path)
    assert refused.value.fields == {"fields": ["file"]}


def test_a_value_never_enters_the_refusal() -> None:
    with pytest.raises(ConfigUnreadable) as refused:
        parse_settings({"neighbours": {"bank": {"account_number": "hunter2"}}, "database_url": 7})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "host", "tls"),
    [
        ("http://127.0.0.1:8712", "127.0.0.1", False),
        ("http://[::1]:8712/", "::1", False),
        ("https://signer.internal:8712", "0.0.0.0", True),  # noqa: S104 - nothing is bound
    ],
)
def test_the_signer_is_reached_by_loopback_or_tls(url: str, host: str, tls: bool) -> None:
    files = {"tls_certificate_file": "chain.pem", "tls_key_file": "key.pem"} if tls else {}
    assert SignerSettings.model_validate({"url": url, "host": host, **files}).url == url


# --- secrets by file ---


def test_a_missing_secret_file_is_named_with_its_neighbour(tmp_path: Path) -> None:
    gone = {"secret_file": str(tmp_path / "gone")}
    settings = parse_settings({"neighbours": {"bank": gone, "notice": gone}, "web": {"metrics_token_file": "gone"}})
    found = []
    for read in (
        lambda: settings.neighbours.bank.read_secret("published"),
        lambda: settings.neighbours.notice.read_secret("published"),
        settings.web.read_metrics_token,
        settings.signer.read_secret,
    ):
        with pytest.raises(ConfigUnreadable) as refused:
            read()
        found += refused.value.fields["fields"]  # type: ignore[operator]  # a list here
    assert found == [
        "neighbours.bank.secret_file",
        "neighbours.notice.secret_file",
        "web.metrics_token_file",
        "signer.secret_file",
    ]
    assert settings.neighbours.telephony.read_secret("published") == "published"


@pytest.mark.parametrize(("length", "taken"), [(31, False), (32, True)])
def test_the_signers_secret_is_long(tmp_path: Path, length: int, taken: bool) -> None:
    path = tmp_path / "secret"
    path.write_text("x" * length + "\n", "utf-8")
    signer = SignerSettings(secret_file=path)
    if taken:
        assert signer.read_secret() == "x" * length
    else:
        with pytest.raises(ConfigUnreadable):
            signer.read_secret()


# --- where settings come from ---


def test_the_environment_names_the_file_and_overrides_two_of_its_fields(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dojang.toml"
    path.write_text('data_dir = "from-file"\n[web]\nport = 9000\n', "utf-8")
    monkeypatch.setenv("DOJANG_CONFIG", str(path))
    assert (load_settings().web.port, str(load_settings().data_dir)) == (9000, "from-file")
    monkeypatch.setenv("DOJANG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DOJANG_DATABASE_URL", "postgresql://localhost/dojang")
    settings = load_settings()
    assert (settings.data_dir, settings.database) == (tmp_path, "postgresql://localhost/dojang")
    assert load_settings(path).web.port == 9000


def test_what_a_parent_process_hands_down_arrives_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "environment": "production",
        "web": {"trusted_proxies": ["10.0.0.0/8", "fd00::/8"], "metrics_token_file": "token"},
        "policy": {"access": {"attempts": {"window_minutes": 3}}},
    }
    settings = parse_settings(values)
    monkeypatch.setenv(SETTINGS_VARIABLE, settings.model_dump_json())
    assert load_settings() == settings


def test_addresses_follow_from_each_other() -> None:
    settings = parse_settings({"web": {"host": "0.0.0.0", "port": 80, "public_url": "https://ca.example/"}})  # noqa: S104
    assert settings.public_url == "https://ca.example"
    assert settings.local_url == "http://127.0.0.1:80"
    assert Settings().public_url == Settings().local_url == "http://127.0.0.1:8710"
    assert parse_settings({"web": {"host": "::1"}}).local_url == "http://[::1]:8710"
    assert Settings().environment is Environment.SANDBOX


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().web.port = 1  # type: ignore[misc]  # that is the point


def test_the_command_names_the_setting(tmp_path: Path) -> None:
    path = tmp_path / "dojang.toml"
    path.write_text("[web]\nprot = 8000\n", "utf-8")
    command = [sys.executable, "-m", "dojang.cli", "show", "1", "--config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "config.unreadable" in done.stderr
    assert "web.prot" in done.stderr
    assert "Traceback" not in done.stderr
