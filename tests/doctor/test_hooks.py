"""The doctor sends itself a signed report through the running service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.clock import read_clock
from generator.doctor import Answer, Condition
from generator.doctor.hooks import examine_hooks, examine_queue
from generator.environment import open_list
from generator.subscribers.store.database import Database
from tests.delivery import hooks
from tests.delivery.amazon import Moto
from tests.proof.amazon import SECRETS
from tests.web.reading import copy_sample
from tests.web.running import Running, find_port, run_service

pytestmark = pytest.mark.outside

OTHERS = [name for name in hooks.NAMES if name not in {"ses", "brevo"}]


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return copy_sample(tmp_path_factory.mktemp("doctor"))


@pytest.fixture(scope="module")
def running(root) -> Iterator[Running]:
    """All hooks are open, except that of Brevo."""
    variables = {relay.variable: secret for relay, secret in hooks.hooks("ses", *OTHERS).items()}
    with run_service(root, **variables) as running:
        yield running


@pytest.fixture
def database(running, root) -> Iterator[Database]:
    database = open_list(root)
    yield database
    database.close()


def ask(running: Running, database: Database, name: str, secret: str = "") -> Answer:
    now = read_clock()  # as the service does
    asked = {hooks.BY_NAME[name]: secret or hooks.SECRETS[name]}
    [answer] = examine_hooks(asked, f"http://127.0.0.1:{running.port}/", database, now)
    return answer


@pytest.mark.parametrize("name", OTHERS)
def test_a_report_comes_back(running, database, name):
    answer = ask(running, database, name)
    assert (answer.condition, answer.remedy) == (Condition.OK, "")
    assert answer.found.endswith(f"/hooks/{name} came back")


@pytest.mark.parametrize("name", OTHERS)
def test_a_service_with_another_secret_is_told(running, database, name):
    answer = ask(running, database, name, "whsec_bm90IHRoZSBrZXk=")
    assert answer.condition is Condition.ERROR
    assert "answers 401: Not believed: " in answer.found


def test_only_amazon_can_sign_for_amazon(running, database):
    answer = ask(running, database, "ses")
    assert answer.condition is Condition.OK
    assert answer.found.endswith("/hooks/ses is open, and refuses what Amazon has not signed")


def test_a_hook_that_the_service_does_not_know_is_told(running, database):
    answer = ask(running, database, "brevo")
    assert answer.condition is Condition.ERROR
    assert answer.found.endswith("/hooks/brevo is not there")


def test_a_service_that_does_not_run_is_told(database):
    [answer] = examine_hooks(
        hooks.hooks("postmark"), f"http://127.0.0.1:{find_port()}/", database, read_clock()
    )
    assert answer.condition is Condition.ERROR
    assert "/hooks/postmark cannot be reached: " in answer.found


def test_another_list_is_told(running, tmp_path):
    root = copy_sample(tmp_path)
    with run_service(root):
        other = open_list(root)
        answer = ask(running, other, "postmark")
        other.close()
    assert "but the report is not in this list" in answer.found


def test_the_queue_is_asked_and_nothing_taken(moto: Moto) -> None:
    topic, address = moto.make_queue("examined")
    moto.open("sns").publish(TopicArn=topic, Message="a report")
    for _ in range(2):
        answer = examine_queue(address, SECRETS)
        assert answer.condition is Condition.OK
        assert "1 message; `newsletter receive --queue` fetches them" in answer.found
    answer = examine_queue(address.replace("examined", "nowhere"), SECRETS)
    assert answer.condition is Condition.ERROR
    assert "QueueDoesNotExist" in answer.found
