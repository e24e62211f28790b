"""What every provider behind `Notifier` keeps: a notice arrives once, or somebody hears that it did not."""

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from contracts.notice.worlds import FakeWorld, NoticeWorld, SandboxWorld, message_agent
from contracts.sandbox_client import Steering
from dojang.controls.notices.model import TemplateUnknown
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable, SandboxInProduction
from dojang.kernel.notice import Channel, NoticeAnswer
from fakes.mailbox import Delivered
from fakes.mishap import Mishap

PARAMS = {"days": "30", "until": "<b>내일</b>", "number": "4821"}


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
        template="certificate_expires_soon",
        params=PARAMS,
    )


@pytest.mark.parametrize("channel", Channel)
def test_a_notice_arrives_as_sent(world: NoticeWorld, recipient: str, channel: Channel) -> None:
    assert send(world, recipient, channel) is NoticeAnswer.ACCEPTED
    expected = Delivered(
        channel=channel, to=recipient, language="ko", template="certificate_expires_soon", params=PARAMS
    )
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


def test_the_words_are_ours_and_a_page_escapes_them(steering: Steering, recipient: str) -> None:
    send(SandboxWorld(steering), recipient)
    message = steering.get(f"/mailbox/box/{recipient}.json")["messages"][0]
    assert message["text"] == "[도장은행] 인증서가 30일 뒤(<b>내일</b>) 끝나요. 은행 앱에서 갱신하세요"
    page = httpx.get(f"{steering.base_url}/mailbox/box/{recipient}", trust_env=False).text
    assert "&lt;b&gt;내일&lt;/b&gt;" in page


def test_a_notice_without_words_is_not_sent(steering: Steering, recipient: str) -> None:
    with pytest.raises(TemplateUnknown):
        message_agent(steering.base_url).send(
            notice_id="n", channel=Channel.SMS, to=recipient, language="ko", template="certificate_flies", params={}
        )


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
    assert "내일" not in said
