"""Amazon on this machine: moto, which has SES, SNS and SQS."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from generator.delivery.engines import sqs
from tests.proof.amazon import KEY, SECRET

REGION = "eu-west-1"


@dataclass(frozen=True)
class Moto:
    """The emulator."""

    host: str

    def open(self, service: str) -> Any:
        """Amazon's own client of a service."""
        return boto3.client(
            service,
            endpoint_url=f"http://{self.host}",
            region_name=REGION,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )

    def make_queue(self, name: str) -> tuple[str, str]:
        """A topic whose notifications go into a queue: its ARN, and our address of the queue."""
        self.open("sqs").create_queue(QueueName=name)
        topic = self.open("sns").create_topic(Name=name)["TopicArn"]
        endpoint = f"arn:aws:sqs:{REGION}:123456789012:{name}"
        self.open("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)
        return topic, f"sqs://{REGION}/123456789012/{name}?host={self.host}"


@contextmanager
def open_moto() -> Iterator[Moto]:
    """Start it, and stop it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqs, "_WAIT", 0)  # moto has one server, and misses nothing
        host, port = server.get_host_and_port()
        yield Moto(f"{host}:{port}")
    server.stop()
