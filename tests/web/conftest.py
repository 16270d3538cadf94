"""A service for each test, on a project that all of them share."""

from collections.abc import Iterator

import pytest

from generator.outline import Outline, load_outline
from tests.web.asking import Loop
from tests.web.reading import Reader, copy_sample, open_reader


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Outline:
    """The sample, which these tests do not change."""
    return load_outline(copy_sample(tmp_path_factory.mktemp("service")))


@pytest.fixture
def reader(shared, loop, tmp_path) -> Iterator[Reader]:
    with open_reader(shared, loop, tmp_path / "var") as reader:
        yield reader
