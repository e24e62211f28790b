"""What every provider behind `Notifier` keeps: a notice arrives once, or somebody hears that it did not."""

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from contracts.notice.worlds import FakeWorld, NoticeWorld, SandboxWorld, message_agent
from contracts.sandbox_client import Steering
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable, SandboxInProduction
from dojang.kernel.notice import Channel, NoticeAnswer
from fakes.mailbox import Delivered
from fakes.mishap import Mishap

PARAMS = {"days": "30", "who": "가온 <b>누리</b>"}


@pytest.fixture(params=["fake", "sandbox"])
def world(request: pytest.FixtureRequest) -> NoticeWorld:
    if request.param == "fake":
        return FakeWorld()
    return SandboxWorld(request.getfixturevalue("steering"))


@pytest.fixture
def recipient() -> str:
    return f"010{secrets.randbelow(10**8):08d}"


def send(world: NoticeWorld, to: str, channel: Channel = Channel.SMS, notice_id: str | None = None) -> NoticeAnswer:
    return world.gateway.send(
        notice_id=notice_id or secrets.token_hex(8),
        channel=channel,
        to=to,
        language="ko",
        template="certificate_expires",
        params=PARAMS,
    )


@pytest.mark.parametrize("channel", Channel)
def test_a_notice_arrives_as_sent(world: NoticeWorld, recipient: str, channel: Channel) -> None:
    assert send(world, recipient, channel) is NoticeAnswer.ACCEPTED
    expected = Delivered(channel=channel, to=recipient, language="ko", template="certificate_expires", params=PARAMS)
    assert world.delivered_to(recipient) == [expected]


def test_a_notice_sent_again_arrives_once(world: NoticeWorld, recipient: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: send(world, recipient, notice_id=f"once-{recipient}"), range(4)))
    assert set(answers) == {NoticeAnswer.ACCEPTED}
    assert len(world.delivered_to(recipient)) == 1


@pytest.mark.parametrize("mishap", Mishap)
def test_after_a_mishap_the_same_notice_arrives_once(world: NoticeWorld, recipient: str, mishap: Mishap) -> None:
    world.meets(mishap)
    notice_id = secrets.token_hex(8)
    with pytest.raises(NeighbourUnavailable):
        send(world, recipient, notice_id=notice_id)
    assert send(world, recipient, notice_id=notice_id) is NoticeAnswer.ACCEPTED
    assert len(world.delivered_to(recipient)) == 1


def test_who_cannot_be_reached_on_one_channel_may_be_on_another(world: NoticeWorld, recipient: str) -> None:
    world.set_unreachable(Channel.ALIMTALK, recipient)
    assert send(world, recipient, Channel.ALIMTALK) is NoticeAnswer.UNDELIVERABLE
    assert world.delivered_to(recipient) == []
    assert send(world, recipient, Channel.SMS) is NoticeAnswer.ACCEPTED
    assert len(world.delivered_to(recipient)) == 1


def test_a_registered_template_is_rendered_and_escaped(steering: Steering, recipient: str) -> None:
    text = "#{who} 님, 인증서가 #{days}일 뒤에 끝나요. #{unknown}"
    steering.post("/sandbox/mailbox/templates", template="certificate_expires", language="ko", text=text)
    send(SandboxWorld(steering), recipient)
    message = steering.get(f"/mailbox/box/{recipient}.json")["messages"][0]
    assert message["text"] == "가온 <b>누리</b> 님, 인증서가 30일 뒤에 끝나요. #{unknown}"
    page = httpx.get(f"{steering.base_url}/mailbox/box/{recipient}", trust_env=False).text
    assert "가온 &lt;b&gt;누리&lt;/b&gt; 님" in page


def test_wrong_signatures_nonsense_and_production(steering: Steering, recipient: str) -> None:
    world = SandboxWorld(steering)
    world.gateway = message_agent(steering.base_url, api_secret="wrong")
    with pytest.raises(NeighbourRefusedUs):
        send(world, recipient)
    assert message_agent(steering.base_url).is_sandbox()
    world.gateway = message_agent(steering.base_url)
    steering.fault("mailbox", "wrong", count=1, path="/messages/")
    with pytest.raises(NeighbourUnavailable):
        send(world, recipient)
    assert world.delivered_to(recipient) == []
    world.gateway = message_agent(steering.base_url, production=True)
    with pytest.raises(SandboxInProduction):
        send(world, recipient)


def test_nothing_personal_in_logs(steering: Steering, recipient: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    send(SandboxWorld(steering), recipient)
    said = "".join(record.getMessage() for record in caplog.records)
    assert "/messages/v4/" in said
    assert recipient not in said
    assert "누리" not in said
