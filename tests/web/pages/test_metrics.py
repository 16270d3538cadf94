"""/metrics is there for this machine and for who has the token, and for nobody else."""

from dataclasses import replace

from generator.web.application import create_application
from generator.web.service import Service
from tests.web.asking import Asker
from tests.web.pages.test_health import HERE, TOKEN
from tests.web.reading import URL


def test_this_machine_reads_numbers(reader):
    answer = reader.ask.get("/metrics", **HERE)
    assert answer.status == 200
    assert answer.header("content-type").startswith("text/plain; version=")
    assert "\nnewsletter_problem{" in answer.text
    answer = reader.ask.get("/metrics", headers=[("Accept", "application/openmetrics-text")], **HERE)
    assert answer.header("content-type").startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_a_stranger_reads_that_there_is_no_such_page(reader):
    for asked in ({}, {"host": "127.0.0.1"}, {"headers": [("Authorization", "Bearer ")]}):
        answer = reader.ask.get("/metrics", **asked)
        assert answer.status == 404
        assert "newsletter_" not in answer.text


def test_the_token_opens_it(reader, shared):
    service = Service(shared, reader.database, lambda: None, reader.clock, URL, token=TOKEN)
    ask = replace(reader, ask=Asker(create_application(service), reader.ask.loop)).ask
    assert ask.get("/metrics", headers=[("Authorization", f"Bearer {TOKEN}")]).status == 200
    assert ask.get("/metrics", headers=[("Authorization", f"Bearer {TOKEN}x")]).status == 404
