"""The customer's side of a move without a browser: the draft's vectors, RFC 9496's, and whole runs of the protocol."""

import json
import secrets
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dojang.cli.customer.move import cpace, ristretto255
from dojang.cli.customer.move.code import MoveCode, draw_secret, read_code
from dojang.cli.customer.move.errors import CodeMistyped, CodeWrong, Unintelligible
from dojang.cli.customer.move.protocol import Moved, MoveReceiver, MoveSender, MoveSession
from dojang.cli.customer.move.vault import open_keys, seal_keys
from dojang.pki.npki.errors import WrongPassword

VECTORS = json.loads((Path(__file__).parents[3] / "golden" / "transfer" / "cpace_ristretto255.json").read_text("utf-8"))
KNOWN = {name: bytes.fromhex(value) for name, value in VECTORS["exchange"].items()}
INPUTS = cpace.Inputs(password=KNOWN["PRS"], channel=KNOWN["CI"], session_id=KNOWN["sid"])
CODE = MoveCode(slot="0420", secret="1234567")

# RFC 9496 appendix A.1: multiples of the generator, and A.2: what must not decode.
GENERATOR_MULTIPLES = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
]
NO_ELEMENTS = [
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
]


def test_the_group_is_ristretto255() -> None:
    generator = ristretto255.decode(bytes.fromhex(GENERATOR_MULTIPLES[1]))
    assert generator is not None
    total = ristretto255.Element.NEUTRAL
    for number, expected in enumerate(GENERATOR_MULTIPLES):
        assert total.encode().hex() == generator.times(number).encode().hex() == expected
        total = total + generator
    assert generator.times(ristretto255.ORDER).encode() == bytes(32)
    assert all(ristretto255.decode(bytes.fromhex(one)) is None for one in NO_ELEMENTS)
    assert ristretto255.decode(bytes(31)) is None


def test_the_drafts_exchange() -> None:
    assert cpace.generator(INPUTS).encode() == KNOWN["g"]
    a, b = (cpace.Side(INPUTS, KNOWN[f"AD{side}"], int.from_bytes(KNOWN[f"y{side}"], "little")) for side in ("a", "b"))
    assert (a.message.share, b.message.share) == (KNOWN["Ya"], KNOWN["Yb"])
    at_a, at_b = a.finish(b.message, "initiator"), b.finish(a.message, "responder")
    assert at_a == at_b
    assert at_a.isk == KNOWN["ISK_IR"]


@pytest.mark.parametrize("name", ["Invalid Y1", "Invalid Y2"])
def test_a_share_that_agrees_on_nothing_is_refused(name: str) -> None:
    side = cpace.Side.begin(INPUTS, b"", secrets.token_bytes)
    with pytest.raises(CodeWrong):
        side.finish(cpace.Share(share=bytes.fromhex(VECTORS["points"][name]), data=b""), "initiator")


@pytest.mark.parametrize("broken", ["05 00", "ff ff ff ff ff 0f", "80", "01 61"])
def test_junk_is_unintelligible(broken: str) -> None:
    with pytest.raises(Unintelligible):
        cpace.lv_split(bytes.fromhex(broken), 2)


def test_the_code_finds_slips_and_exchanges() -> None:
    written = CODE.write()
    assert written == "042 012 345 67" + written[-1]
    assert read_code(written) == CODE
    digits = written.replace(" ", "")
    slips = {digits[:at] + one + digits[at + 1 :] for at in range(12) for one in "0123456789"} - {digits}
    swaps = {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(11)} - {digits}
    for wrong in [*slips, *swaps, "", "1" * 11, "٠" * 12]:
        with pytest.raises(CodeMistyped):
            read_code(wrong)
    assert len(draw_secret()) == 7


def session(name: str, **change: object) -> MoveSession:
    given: dict[str, object] = {"origin": "https://bank.example", "code": CODE, "sid": "00" * 16, "name": name}
    return MoveSession(**given | change)  # type: ignore[arg-type]  # a test's keyword arguments


@pytest.fixture(scope="module")
def moved() -> Moved:
    one, two = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )
        for _ in range(2)
    )
    return Moved(
        signing_der=secrets.token_bytes(1500),
        key_management_der=secrets.token_bytes(1500),
        chain_der=(secrets.token_bytes(900),),
        ca_folder="dojang",
        vault=seal_keys(one, two, "correct horse 1!"),
    )


def test_a_whole_move(moved: Moved) -> None:
    sender = MoveSender(session("거실 PC"), secrets.token_bytes)
    receiver = MoveReceiver(session("휴대폰\u202e\n"), secrets.token_bytes)
    assert sender.check(receiver.answer(sender.share)) == "휴대폰"
    message = sender.seal(moved)
    got = receiver.open(message)
    assert (got, receiver.sender) == (moved, "거실 PC")
    sender.require_receipt(receiver.receipt())
    signing, _ = open_keys(got.vault, "correct horse 1!")
    assert signing[:1] == b"\x30"
    with pytest.raises(WrongPassword):
        open_keys(got.vault, "wrong")
    assert not any(part[:24] in message for part in (moved.signing_der, moved.vault.payload.ciphertext))


@pytest.mark.parametrize(
    "change",
    [
        {"code": MoveCode(slot="0420", secret="1234568")},
        {"code": MoveCode(slot="0421", secret="1234567")},
        {"sid": "01" * 16},
        {"origin": "https://bank.evil"},
    ],
)
def test_another_code_slot_session_or_site_ends_it(change: dict[str, object], moved: Moved) -> None:
    sender = MoveSender(session("PC"), secrets.token_bytes)
    receiver = MoveReceiver(session("phone", **change), secrets.token_bytes)
    with pytest.raises(CodeWrong):
        sender.check(receiver.answer(sender.share))
    with pytest.raises(Unintelligible):
        sender.seal(moved)


def test_a_recorded_message_opens_in_no_other_run(moved: Moved) -> None:
    sender = MoveSender(session("PC"), secrets.token_bytes)
    receiver = MoveReceiver(session("phone"), secrets.token_bytes)
    sender.check(receiver.answer(sender.share))
    recorded = sender.seal(moved)
    thief = MoveReceiver(session("phone"), secrets.token_bytes)
    thief.answer(sender.share)
    with pytest.raises(CodeWrong):
        thief.open(recorded)
    with pytest.raises(Unintelligible):
        receiver.open(recorded[:-1] + bytes([recorded[-1] ^ 1]))
