"""What a suite file says, as plain values: checked, defaulted and with its line numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pytest_stt.text.scoring import Expected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_stt.client.stream import StreamOptions
    from pytest_stt.limits import Limits
    from pytest_stt.text.terms import Term
    from pytest_stt.text.times import TimedWord


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What holds where a suite file is silent: the ini values.

    Attributes:
        url: The address, `local` for the embedded engine; `${VAR}` and `${VAR:-default}` are replaced.
        dialect: The name of the wire protocol.
        normalizer: The name of the normaliser, `basic` or `basic@1`.
        timeout: Seconds for one transcription, all attempts together.
    """

    url: str = "${STT_URL:-local}"
    dialect: str = "openai"
    normalizer: str = "basic"
    timeout: float = 30.0


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """What wins over every suite file: the command line, None where an option was not given.

    Attributes:
        url: `--stt-url`.
        dialect: `--stt-dialect`.
        server: `--stt-server`, the one of a suite's `servers` that is to be asked.
        concurrency: `--stt-concurrency`, 1 or more.
        repeat: `--stt-repeat`, 1 or more.
    """

    url: str | None = None
    dialect: str | None = None
    server: str | None = None
    concurrency: int | None = None
    repeat: int | None = None


@dataclass(frozen=True, kw_only=True)
class Rate:
    """At most `count` requests in any `period_s` seconds."""

    count: int
    period_s: float


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """How often a case is transcribed, and how many of these have to be within the limits.

    Attributes:
        times: 1 or more.
        needed: 1 to `times`; `pass` in a suite file.
    """

    times: int = 1
    needed: int = 1


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where the audio of a suite goes, and how; its repr leaves out what may be secret.

    Attributes:
        url: `local`, or an http, https, ws or wss address with a host.
        dialect: The name of the wire protocol.
        headers: Sent with every request or handshake.
        options: The dialect's options, checked against its `Options`, which parses them again: text as
            it was typed, lists, mappings and None; JSON's numbers and booleans where a field takes anything.
        timeout: Seconds for one transcription, all attempts together; above 0.
        retries: Further attempts after a failure that may pass; 0 or more.
        concurrency: Transcriptions in flight at once; 1 or more.
        rate: How many requests in how much time, None for no limit.
        wait: Seconds to wait for the server to become ready, 0 for not at all.
        max_response_mb: How much the server may send for one transcription, in megabytes (10^6 bytes).
        name: Its key in `servers`, `default` for `server`.
        repeat: How often each case is transcribed by this server; None where it does not say.
    """

    url: str = field(repr=False)
    dialect: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    timeout: float = 30.0
    retries: int = 2
    concurrency: int = 4
    rate: Rate | None = None
    wait: float = 0.0
    max_response_mb: float = 16.0
    name: str = "default"
    repeat: Repetition | None = None


@dataclass(frozen=True, kw_only=True)
class Xfail:
    """A case that is expected to be past its limits; `strict` None leaves it to pytest's ini."""

    reason: str = ""
    strict: bool | None = None


class EmbeddedAudio(Protocol):
    """Audio inside of something else, such as a table on disk."""

    def read(self) -> tuple[str, bytes]:
        """Return the name of an audio file, with a suffix, and its bytes.

        Raises:
            AudioError: There are none.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One utterance with its references.

    Attributes:
        id: Unique in its suite, fit for a node id.
        line: The case's line in the suite file, counted from 1.
        audio: The audio file, which was there when the suite was loaded.
        references: One or more transcripts, the best one counts; `""` for silence.
        language: As the file has it, for instance `en`; None when it is silent.
        tags: Names for `-m` and `-k`.
        skip: The reason why the case is not run, None when it is.
        xfail: Why the case is expected to be past its limits, None when it is not.
        limits: The limits in force: the defaults, the suite's and the case's, key by key.
        meta: The author's own remarks: text, lists, mappings and None.
        exclusive: The case runs alone, because its latency is judged or its author wants it so.
        repeat: How often the case is transcribed; None where it does not say.
        normalizer: The name, label or list of steps (`normalizer_spec`) that both sides go through.
        alternatives: Whether braces and parentheses in the references mean alternatives.
        terms: Keywords, forbidden terms and entities to count, the suite's and the case's.
        term_forms: Whether braces in the terms mean several forms.
        words: The reference times of words; empty where there are none.
        offset_s: Where in the audio file the case begins, in seconds.
        duration_s: How long it is, None for up to the end of the file.
        source: The manifest that `line` is a line of, None for the suite file itself.
        embedded: The audio where it is not a file of its own; None where `audio` is one.
    """

    id: str
    line: int
    audio: Path
    references: tuple[str, ...]
    limits: Limits
    language: str | None = None
    tags: tuple[str, ...] = ()
    skip: str | None = None
    xfail: Xfail | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    exclusive: bool = False
    repeat: Repetition | None = None
    normalizer: str = "basic"
    alternatives: bool = False
    terms: tuple[Term, ...] = ()
    term_forms: bool = True
    words: tuple[TimedWord, ...] = ()
    offset_s: float = 0.0
    duration_s: float | None = None
    source: Path | None = None
    embedded: EmbeddedAudio | None = None

    @property
    def expected(self) -> Expected:
        """What a transcript of the case is measured by."""
        return Expected(
            references=self.references,
            normalizer=self.normalizer,
            language=self.language,
            alternatives=self.alternatives,
            terms=self.terms,
            term_forms=self.term_forms,
            words=self.words,
            form=self.limits.judges_form,
        )


@dataclass(frozen=True, kw_only=True)
class Suite:
    """One suite file.

    Attributes:
        path: The file.
        servers: Where its audio goes: the one `server`, or those of `servers` that are to be asked.
        stream: How audio is cut and paced; None fields are the dialect's own choice.
        cases: In the order of the file, those of manifests behind the others; at least one.
        notes: Sentences the user should see once, for instance options that were dropped.
        repeat: How often each case is transcribed where neither case nor server says it.
        server_names: The names of all `servers`, also of those that are not to be asked; empty where the
            file has one `server`, whose cases have no server in their names.
    """

    path: Path
    servers: tuple[Server, ...]
    stream: StreamOptions
    cases: tuple[Case, ...]
    notes: tuple[str, ...] = ()
    repeat: Repetition = Repetition()
    server_names: tuple[str, ...] = ()


def repetition_of(suite: Suite, server: Server, case: Case) -> Repetition:
    """Return how often a server transcribes a case: what the case says, else the server, else the suite."""
    return case.repeat or server.repeat or suite.repeat


def item_name(suite: Suite, server: str, case: Case) -> str:
    """Return the name of a case at a server: its id, and the server's name where the suite has `servers`."""
    return f"{case.id}[{server}]" if suite.server_names else case.id
