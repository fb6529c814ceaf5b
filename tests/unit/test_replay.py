"""Transcripts from a recording: what is taken from it, what it lacks, and who is asked then."""

from __future__ import annotations

import hashlib
import math
import os
import wave
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_stt.client import STTResult
from pytest_stt.client.stream import StreamOptions
from pytest_stt.errors import SuiteError
from pytest_stt.limits import Limits
from pytest_stt.records import AudioFacts, Event, Record, Repeat, Try
from pytest_stt.runner import digests
from pytest_stt.runner.hearing import Attempt, Hearing
from pytest_stt.runner.replay import Recording, ReplayTranscriber
from pytest_stt.runner.utterance import Utterance
from pytest_stt.suite.model import Case, Repetition, Server, Suite

SOUND = b"the sound of a voice"
DIGEST = hashlib.sha256(SOUND).hexdigest()
HEARD = Record(
    id="s.stt.yaml::a",
    suite="s.stt.yaml",
    case="a",
    outcome="passed",
    dialect="openai",
    audio=AudioFacts(path="a.wav", sha256=DIGEST, seconds=1.5),
    hypothesis="hello world",
    latency_ms=12.5,
    events=(
        Event(ms=5.0, kind="partial", text="hello"),
        Event(ms=12.5, kind="final", text="hello world"),
        Event(ms=12.5, kind="done", text=""),
    ),
    tries=(Try(error="busy", status=503, ms=1.0), Try(ms=12.5, status=200)),
    normalizer="none@1",
)


class Live:
    """A transcriber that notes what it is asked for."""

    def __init__(self) -> None:
        self.begun: list[Utterance] = []
        self.taken: list[Utterance] = []
        self.closed = False

    def prefetch(self, utterance: Utterance) -> None:
        self.begun.append(utterance)

    def take(self, utterance: Utterance) -> Hearing:
        self.taken.append(utterance)
        attempt = Attempt(result=STTResult(hypothesis_text="live"))
        return Hearing(attempts=(attempt,), began_at=0.0, ended_at=1.0)

    def drop(self, utterance: Utterance) -> None:
        self.begun.remove(utterance)

    @property
    def ahead(self) -> int:
        return len(self.begun)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    path.write_bytes(SOUND)
    return path


def utterance(audio: Path, *, times: int = 1, server: str = "default", **case: Any) -> Utterance:
    values: dict[str, Any] = {
        "id": "a",
        "line": 3,
        "references": ("hello world",),
        "limits": Limits(),
        **case,
    }
    asked = Server(url="http://127.0.0.1:9", dialect="openai", name=server)
    return Utterance(
        suite=Suite(
            path=audio.parent / "s.stt.yaml",
            servers=(asked,),
            stream=StreamOptions(),
            cases=(),
            repeat=Repetition(times=times),
        ),
        server=asked,
        case=Case(audio=audio, **values),
    )


def replay(*records: Record, live: Live | None = None) -> ReplayTranscriber:
    return ReplayTranscriber(
        Recording.of(records, source="old.jsonl"), live=live, suite_name=lambda path: path.name
    )


def sentence(wanted: Utterance, *records: Record) -> str:
    """Replay what is lacking, and return the sentence of its errors."""
    hearing = replay(*records).take(wanted)
    assert all(attempt.result is None for attempt in hearing.attempts)
    assert len(hearing.attempts) == wanted.repetition.times
    (error,) = {attempt.error for attempt in hearing.attempts}
    assert isinstance(error, SuiteError)
    text = str(error)
    assert text.startswith("old.jsonl ")
    assert text.endswith(": record it again, or add --stt-live-missing to ask the server for it")
    return text


def test_a_recorded_case_is_heard_as_it_was(audio: Path) -> None:
    hearing = replay(HEARD).take(utterance(audio, language="en"))
    (attempt,) = hearing.attempts
    assert attempt.result is not None
    assert attempt.error is None
    assert attempt.tries == HEARD.tries
    assert attempt.result.hypothesis_text == "hello world"
    assert attempt.result.latency_ms == 12.5
    assert attempt.result.events == list(HEARD.events)
    assert attempt.result.fragments == ["hello", "hello world"]
    assert attempt.result.chunks_received == 2
    assert attempt.result.audio_s == 1.5
    assert attempt.result.audio_path == audio
    assert attempt.result.audio_sha256 == DIGEST
    assert (attempt.result.dialect, attempt.result.language) == ("openai", "en")


def test_todays_normaliser_counts_and_not_the_recorded_one(audio: Path) -> None:
    result = replay(HEARD).take(utterance(audio)).attempts[0].result
    assert result is not None
    assert result.normalizer == "basic"
    assert result.text_metrics is None


def test_a_case_can_be_taken_again_and_takes_no_time(audio: Path) -> None:
    transcriber, wanted = replay(HEARD), utterance(audio)
    transcriber.prefetch(wanted)
    assert transcriber.ahead == 0
    first, second = transcriber.take(wanted), transcriber.take(wanted)
    assert first.attempts[0].result == second.attempts[0].result
    assert first.began_at <= first.ended_at
    transcriber.close()


def test_an_empty_transcript_is_a_transcript(audio: Path) -> None:
    result = replay(replace(HEARD, hypothesis="")).take(utterance(audio)).attempts[0].result
    assert result is not None
    assert result.hypothesis_text == ""


def test_a_record_by_hand_without_digest_audio_and_latency_is_accepted(audio: Path) -> None:
    by_hand = Record(id="", suite="s.stt.yaml", case="a", outcome="passed", hypothesis="hello")
    result = replay(by_hand).take(utterance(audio)).attempts[0].result
    assert result is not None
    assert result.hypothesis_text == "hello"
    assert result.audio_s == 0.0
    assert math.isnan(result.latency_ms)


def test_the_later_record_of_a_case_counts(audio: Path) -> None:
    result = replay(HEARD, replace(HEARD, hypothesis="later")).take(utterance(audio)).attempts[0].result
    assert result is not None
    assert result.hypothesis_text == "later"


def test_a_digest_in_capitals_is_the_same_digest(audio: Path) -> None:
    record = replace(HEARD, audio=AudioFacts(sha256=DIGEST.upper()))
    assert replay(record).take(utterance(audio)).attempts[0].error is None


def test_a_case_that_is_not_in_the_file_is_an_error_that_says_what_to_do(audio: Path) -> None:
    text = sentence(utterance(audio, id="b"), HEARD)
    assert text.startswith('old.jsonl has no case "b" of s.stt.yaml: record')


def test_a_suite_that_is_not_in_the_file_is_told_with_those_that_are(audio: Path) -> None:
    others = [replace(HEARD, suite=f"{letter}\x1b.stt.yaml") for letter in "pqrtu"]
    text = sentence(utterance(audio), *others)
    assert "has no case of s.stt.yaml, only of p\\x1b.stt.yaml, q\\x1b.stt.yaml, r" in text
    assert text.partition(": record")[0].endswith(" and 2 more")
    assert sentence(utterance(audio)).startswith("old.jsonl has no case of s.stt.yaml: record")


@pytest.mark.parametrize("recorded", ["suites/s.stt.yaml", "tmp/x/suites/s.stt.yaml"])
def test_a_suite_recorded_under_another_rootdir_is_found_by_the_end_of_its_path(
    audio: Path, recorded: str
) -> None:
    hearing = replay(replace(HEARD, suite=recorded)).take(utterance(audio))
    assert texts(hearing.attempts) == ["hello world"]
    found = Recording.of([HEARD], source="r").find(recorded, "a", "default")
    assert found == HEARD


def test_the_suite_of_this_very_name_comes_before_those_that_end_alike(audio: Path) -> None:
    other = replace(HEARD, suite="old/s.stt.yaml", hypothesis="other")
    assert texts(replay(HEARD, other).take(utterance(audio)).attempts) == ["hello world"]


def test_two_suites_that_end_alike_are_named_and_neither_is_taken(audio: Path) -> None:
    both = [replace(HEARD, suite=f"{folder}/s.stt.yaml") for folder in ("one", "two")]
    text = sentence(utterance(audio), *both)
    assert "has s.stt.yaml under several names, one/s.stt.yaml, two/s.stt.yaml" in text
    assert "--rootdir" in text


def test_half_a_folder_or_file_name_is_no_end_of_a_path(audio: Path) -> None:
    text = sentence(utterance(audio), replace(HEARD, suite="xs.stt.yaml"))
    assert "has no case of s.stt.yaml, only of xs.stt.yaml" in text


def test_what_another_rootdir_lacks_is_told_by_the_recorded_name(audio: Path) -> None:
    text = sentence(utterance(audio, id="b"), replace(HEARD, suite="suites/s.stt.yaml"))
    assert 'has no case "b" of suites/s.stt.yaml' in text


def test_a_file_name_that_is_not_utf_8_is_found_as_it_was_written() -> None:
    written = Record.from_dict(replace(HEARD, suite="s\udcff.stt.yaml").to_dict())
    assert Recording.of([written], source="r").find("s\udcff.stt.yaml", "a", "default") == written


def test_another_server_than_the_recorded_one_is_named(audio: Path) -> None:
    text = sentence(utterance(audio, server="small"), HEARD)
    assert 'has case "a" of s.stt.yaml from the server default, not from small' in text


def test_changed_audio_is_an_error_also_after_a_replay_of_the_old(audio: Path) -> None:
    wanted, transcriber = utterance(audio), replay(HEARD)
    assert transcriber.take(wanted).attempts[0].error is None
    before = audio.stat()
    audio.write_bytes(SOUND.upper())
    os.utime(audio, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert transcriber.take(wanted).attempts[0].error is not None
    text = sentence(wanted, HEARD)
    assert f'other audio for case "a" of s.stt.yaml: {audio} has changed since it was recorded' in text


def test_audio_that_can_not_be_read_is_an_error_that_says_why(audio: Path) -> None:
    audio.unlink()
    text = sentence(utterance(audio), HEARD)
    assert f"{audio}, which can't be read (No such file or directory)" in text


def test_audio_is_read_once_for_all_its_cases(audio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    transcriber, wanted = replay(HEARD), utterance(audio)
    transcriber.take(wanted)
    monkeypatch.setattr(digests.hashlib, "file_digest", lambda *_: pytest.fail("it was read again"))
    assert transcriber.take(wanted).attempts[0].error is None


def test_a_recorded_outage_is_an_error_again_and_quoted(audio: Path) -> None:
    record = replace(
        HEARD, outcome="error", hypothesis=None, message="no answer\nfrom \x1bthere " + "x" * 999
    )
    text = sentence(utterance(audio), record)
    assert 'has no transcript of case "a" of s.stt.yaml, whose recording ended as error: no answer' in text
    assert "\x1b" not in text
    assert "\n" not in text
    assert len(text) < 600
    silent = sentence(utterance(audio), replace(record, message=""))
    assert "ended as error: record" in silent


def test_a_case_that_was_skipped_when_it_was_recorded_says_so(audio: Path) -> None:
    record = replace(HEARD, outcome="skipped", hypothesis=None, message="Skipped: later")
    assert "which was skipped: Skipped: later" in sentence(utterance(audio), record)


def test_a_latency_limit_needs_a_recorded_latency(audio: Path) -> None:
    judged = utterance(audio, limits=Limits(max_latency_ms=100.0))
    assert replay(HEARD).take(judged).attempts[0].error is None
    assert "no latency" in sentence(judged, replace(HEARD, latency_ms=None))


def repeated(*hypotheses: str | None, **changes: Any) -> Record:
    repeats = tuple(
        Repeat(
            hypothesis=text,
            latency_ms=None if text is None else float(number),
            outcome="error" if text is None else "passed",
        )
        for number, text in enumerate(hypotheses)
    )
    first = next((text for text in hypotheses if text is not None), None)
    return replace(HEARD, **{"repeats": repeats, "hypothesis": first, **changes})


def texts(attempts: Sequence[Attempt]) -> list[str | None]:
    return [attempt.result.hypothesis_text if attempt.result else None for attempt in attempts]


def test_every_repeat_is_an_attempt_and_the_recorded_one_has_the_events(audio: Path) -> None:
    record = repeated("one", "two", "three", hypothesis="two", latency_ms=1.0)
    attempts = replay(record).take(utterance(audio, times=3)).attempts
    assert texts(attempts) == ["one", "two", "three"]
    assert [len(attempt.result.events) for attempt in attempts if attempt.result] == [0, 3, 0]
    assert [attempt.result.latency_ms for attempt in attempts if attempt.result] == [0.0, 1.0, 2.0]


def test_of_too_many_repeats_the_first_are_taken(audio: Path) -> None:
    assert texts(replay(repeated("one", "two", "three")).take(utterance(audio, times=2)).attempts) == [
        "one",
        "two",
    ]


def test_too_few_repeats_are_an_error_that_counts_them(audio: Path) -> None:
    assert "has 1 of the 5 transcripts" in sentence(utterance(audio, times=5), HEARD)
    assert "has 2 of the 3 transcripts" in sentence(utterance(audio, times=3), repeated("one", "two"))


def test_an_attempt_that_an_outage_ended_is_an_error_again_among_those_that_were_heard(audio: Path) -> None:
    attempts = replay(repeated("one", None, "three")).take(utterance(audio, times=3)).attempts
    assert texts(attempts) == ["one", None, "three"]
    assert 'no transcript of attempt 2 of case "a" of s.stt.yaml: record' in str(attempts[1].error)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=1, max_size=6))
def test_the_tries_come_back_in_order_and_with_the_attempt_that_was_heard(
    attempts: list[tuple[bool, int]],
) -> None:
    tries: list[Try] = []
    for number, (heard, failures) in enumerate(attempts):
        tries += [Try(error=f"{number}")] * failures
        tries += [Try(ms=float(number))] if heard else []
    texts_of = [f"{number}" if heard else None for number, (heard, _) in enumerate(attempts)]
    record = repeated(*texts_of, "x", audio=None, tries=(*tries, Try(ms=-1.0)))
    found = replay(record).take(utterance(Path("a.wav"), times=len(attempts) + 1)).attempts
    assert [one for attempt in found for one in attempt.tries] == list(record.tries)
    for number, attempt in enumerate(found[:-1]):
        if attempt.result:
            assert attempt.tries[-1].ms == number


def test_with_a_server_at_hand_only_what_is_lacking_is_asked_for(audio: Path) -> None:
    live = Live()
    transcriber = replay(HEARD, live=live)
    recorded, missing = utterance(audio), utterance(audio, id="b")
    for wanted in (recorded, missing):
        transcriber.prefetch(wanted)
    assert live.begun == [missing]
    assert transcriber.ahead == 1
    assert texts(transcriber.take(recorded).attempts) == ["hello world"]
    assert texts(transcriber.take(missing).attempts) == ["live"]
    assert live.taken == [missing]
    transcriber.close()
    assert live.closed


@pytest.mark.parametrize(
    "record",
    [
        replace(HEARD, audio=AudioFacts(sha256="0" * 64)),
        replace(HEARD, outcome="error", hypothesis=None),
        repeated("one", None),
        repeated("one"),
    ],
)
def test_the_server_is_asked_for_all_that_could_not_be_replayed_whole(audio: Path, record: Record) -> None:
    live = Live()
    transcriber, wanted = replay(record, live=live), utterance(audio, times=2)
    transcriber.prefetch(wanted)
    assert texts(transcriber.take(wanted).attempts) == ["live"]
    assert live.begun == live.taken == [wanted]


def test_a_hypothesis_corrected_beside_repeats_is_an_error_and_no_server_is_asked(audio: Path) -> None:
    live, wanted = Live(), utterance(audio, times=2)
    transcriber = replay(repeated("one", "two", hypothesis="corrected"), live=live)
    transcriber.prefetch(wanted)
    attempts = transcriber.take(wanted).attempts
    assert texts(attempts) == [None, None]
    for attempt in attempts:
        assert 'old.jsonl has a hypothesis of case "a" of s.stt.yaml' in str(attempt.error)
        assert "correct repeats[i].hypothesis" in str(attempt.error)
    assert live.begun == live.taken == []


def test_what_nobody_will_take_is_forgotten_by_the_server_if_there_is_one(audio: Path) -> None:
    live, missing = Live(), utterance(audio, id="b")
    for transcriber in (replay(HEARD), replay(HEARD, live=live)):
        transcriber.prefetch(missing)
        transcriber.drop(missing)
        assert transcriber.ahead == 0


def spoken(folder: Path, seconds: float) -> Path:
    with wave.open(str(folder / "a.wav"), "wb") as writer:
        writer.setparams((1, 2, 1000, 0, "NONE", ""))
        writer.writeframes(b"\1\0" * round(seconds * 1000))
    return folder / "a.wav"


def of_part(audio: Path, seconds: float | None, offset_s: float | None) -> Record:
    digest = hashlib.sha256(audio.read_bytes()).hexdigest()
    return replace(HEARD, audio=AudioFacts(path="a.wav", sha256=digest, seconds=seconds, offset_s=offset_s))


@pytest.mark.parametrize(
    ("recorded", "wanted"),
    [
        ((1.0, 2.0), (2.0, 1.0)),
        ((1.0, 2.0), (2.0, 1.009)),
        ((1.0, 2.0), (2.0, None)),
        ((1.0, None), (0.0, 1.0)),
        ((3.0, None), (0.0, None)),
        ((None, 2.0), (2.0, 0.5)),
    ],
)
def test_the_same_part_of_a_file_is_replayed(
    tmp_path: Path, recorded: tuple[float | None, float | None], wanted: tuple[float, float | None]
) -> None:
    audio = spoken(tmp_path, 3)
    case = utterance(audio, source=audio, offset_s=wanted[0], duration_s=wanted[1])
    assert replay(of_part(audio, *recorded)).take(case).attempts[0].error is None


@pytest.mark.parametrize(
    ("recorded", "wanted"),
    [
        ((1.0, 1.0), (1.5, 1.0)),
        ((1.0, 1.0), (1.0, 1.5)),
        ((1.0, 1.0), (1.0, None)),
        ((1.0, None), (0.0, None)),
        ((3.0, None), (0.0, 1.0)),
    ],
)
def test_another_part_of_a_file_is_an_error_that_says_so(
    tmp_path: Path, recorded: tuple[float, float | None], wanted: tuple[float, float | None]
) -> None:
    audio = spoken(tmp_path, 3)
    case = utterance(audio, source=audio, offset_s=wanted[0], duration_s=wanted[1])
    text = sentence(case, of_part(audio, *recorded))
    assert f"the segment (offset or duration) of {audio} has changed since it was recorded" in text


def test_a_part_beyond_the_end_of_its_file_is_an_error_that_says_so(tmp_path: Path) -> None:
    audio = spoken(tmp_path, 3)
    case = utterance(audio, source=audio, offset_s=5.0)
    assert "expected a segment within the 3 s of the file" in sentence(case, of_part(audio, 1.0, 5.0))


def test_a_case_of_a_whole_file_is_replayed_without_opening_it_as_audio(audio: Path) -> None:
    # What `audio` holds is no audio at all.
    assert replay(HEARD).take(utterance(audio)).attempts[0].error is None
