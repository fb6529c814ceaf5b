from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from pytest_stt.runner.caselog import Diversion, case_log

LOG = logging.getLogger("httpcore.connection")


@pytest.fixture
def diversion() -> Iterator[Diversion]:
    diversion = Diversion()
    yield diversion
    diversion.remove()


def test_records_of_a_case_are_kept_for_it(diversion: Diversion, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with case_log() as first:
        LOG.debug("one %s", 1)
        with case_log() as second:
            LOG.debug("two")
        LOG.debug("three")
    assert [record.getMessage() for record in first] == ["one 1", "three"]
    assert [record.getMessage() for record in second] == ["two"]
    assert caplog.messages == []
    LOG.handle(first[0])
    assert caplog.messages == ["one 1"]


def test_other_records_pass(diversion: Diversion, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    LOG.debug("of nobody")
    with case_log() as records:
        logging.getLogger("somebody.else").debug("of another package")
    assert caplog.messages == ["of nobody", "of another package"]
    assert records == []


def test_a_level_that_is_off_costs_nothing(diversion: Diversion) -> None:
    with case_log() as records:
        LOG.debug("not wanted")
    assert records == []


def test_loggers_that_were_there_before_are_diverted_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    log = logging.getLogger("pytest_stt.made.by.a.test")
    diversion = Diversion()
    with case_log() as records:
        log.info("kept")
    diversion.remove()
    with case_log():
        log.info("passes")
    assert [record.getMessage() for record in records] == ["kept"]
    assert caplog.messages == ["passes"]
