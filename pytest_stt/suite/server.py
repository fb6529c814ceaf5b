"""Where the audio of a suite goes: command line, file and ini values, in this order of strength."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pytest_stt.client.address import redact, replace_origin, split_address
from pytest_stt.client.dialects import Dialect, find_dialect
from pytest_stt.errors import SuiteError
from pytest_stt.suite.checking import check_options
from pytest_stt.suite.document import Plain, YamlList, YamlMapping, plain, resolved
from pytest_stt.suite.model import Defaults, Overrides, Server
from pytest_stt.suite.problems import Problems, found
from pytest_stt.suite.variables import assume_set, expand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_stt.client.stream import StreamOptions
    from pytest_stt.suite.schema import ServerEntry

LOCAL = "local"


@dataclass(frozen=True, kw_only=True)
class ServerReader:
    """Turn `server` of one file into a `Server`.

    Attributes:
        written: The mapping as it was typed, an empty one where the file is silent.
        environ: The environment variables.
        defaults: What holds where the file is silent.
        overrides: What wins over the file.
        problems: Gets every problem.
    """

    written: YamlMapping
    environ: Mapping[str, str]
    defaults: Defaults
    overrides: Overrides
    problems: Problems

    def expanded(self) -> YamlMapping:
        """Replace the variables, but in the url (see `_url`) and in what `--stt-dialect` makes needless."""
        later = {"url", "dialect", "options"} if self._is_dialect_replaced() else {"url"}
        kept = {key: value for key, value in self.written.items() if key in later}
        rest = self.written.without(*later)
        return self.written.replaced({**kept, **self._expand(rest, rest.line)})

    def read(self, entry: ServerEntry, stream: StreamOptions) -> Server:
        """Make the server of an entry whose types are right."""
        dialect = self._dialect(entry)
        options = {} if self._is_dialect_replaced() else _values(entry.options, dialect)
        if dialect is not None:
            self._check(dialect, options, stream)
        return Server(
            url=self._url(entry),
            dialect=dialect.name if dialect else "",
            headers=entry.headers,
            options=options,
            timeout=self.defaults.timeout if entry.timeout is None else entry.timeout,
            retries=entry.retries,
            concurrency=entry.concurrency,
            rate=entry.rate,
            wait=entry.wait,
        )

    def notes(self, entry: ServerEntry) -> tuple[str, ...]:
        """Name what the command line made void."""
        if not entry.options or not self._is_dialect_replaced():
            return ()
        dropped = ", ".join(entry.options)
        file = self.problems.display
        return (f"--stt-dialect {self.overrides.dialect}: server.options of {file} are not used: {dropped}",)

    def _is_dialect_replaced(self) -> bool:
        named = self.written.get("dialect", self.defaults.dialect)
        return self.overrides.dialect not in (None, named)

    def _expand(self, node: Any, line: int) -> Any:
        """Expand every text of a tree; what can't be expanded is left out and reported."""
        if isinstance(node, YamlMapping):
            values = {key: self._expand(value, node.value_line(key)) for key, value in node.items()}
            return node.replaced({key: value for key, value in values.items() if value is not None})
        if isinstance(node, YamlList):
            return self._expand_list(node)
        try:
            text = expand(node, self.environ)
            return Plain(text) if isinstance(node, Plain) and text is not node else text
        except SuiteError as error:
            self.problems.add_all(line, error)
            return None

    def _expand_list(self, node: YamlList) -> YamlList | None:
        copy = YamlList(node.line)
        copy.lines = node.lines
        copy += (self._expand(item, line) for item, line in zip(node, node.lines, strict=True))
        return None if None in copy else copy

    def _url(self, entry: ServerEntry) -> str:
        override, line = self.overrides.url, self.written.value_line("url")
        if override is not None and not self._is_address(override, "--stt-url", None):
            return LOCAL
        if "url" not in self.written:
            return override or self._expanded_address(self.defaults.url, "ini option stt_url", None)
        if entry.url is None or override is None:
            return self._expanded_address(entry.url or LOCAL, "url", line)
        try:
            return self._moved(entry.url, override)
        except SuiteError as error:
            self.problems.add_all(line, error)
            return LOCAL

    def _expanded_address(self, text: str, label: str, line: int | None) -> str:
        try:
            url = expand(text, self.environ)
        except SuiteError as error:
            self.problems.add_all(line, error, label)
            return LOCAL
        return url if self._is_address(url, label, line) else LOCAL

    def _is_address(self, url: str, label: str, line: int | None) -> bool:
        try:
            check_address(url)
        except SuiteError as error:
            self.problems.add_all(line, error, label)
            return False
        return True

    def _moved(self, written: str, override: str) -> str:
        """Move the url of the file to another server.

        A variable that only names the old server need not be set: it is not needed when the
        outcome does not depend on its value.
        """
        if override == LOCAL:
            return LOCAL
        outcomes = set()
        for value in ("1", "2"):
            url = expand(written, assume_set(written, self.environ, value))
            is_bare = "://" not in url and "/" in url  # ${STT_URL}/path
            outcomes.add(replace_origin(f"http://{url}" if is_bare else url, override))
        if len(outcomes) > 1:
            expand(written, self.environ)
        return outcomes.pop()

    def _dialect(self, entry: ServerEntry) -> Dialect[Any] | None:
        name, label, line = self.defaults.dialect, "ini option stt_dialect", None
        if self.overrides.dialect is not None:
            name, label = self.overrides.dialect, "--stt-dialect"
        elif entry.dialect is not None:
            name, label, line = entry.dialect, "dialect", self.written.value_line("dialect")
        elif "dialect" in self.written:
            return None  # it was refused already
        try:
            return find_dialect(name)
        except SuiteError as error:
            self.problems.add_all(line, error, label)
            return None

    def _check(self, dialect: Dialect[Any], options: dict[str, Any], stream: StreamOptions) -> None:
        written = self.written.get("options")
        if not isinstance(written, YamlMapping):
            written = YamlMapping(self.written.line)
        parsed = check_options(dialect.Options, options, written, dialect.name, self.problems)
        if parsed is None:
            return
        try:
            dialect.check(parsed, stream.over(dialect.stream_defaults))
        except SuiteError as error:
            self.problems.add_all(self.written.key_line("options"), error)


def _values(options: dict[str, Any], dialect: Dialect[Any] | None) -> dict[str, Any]:
    """Read options as builtins: text for the model to parse, but for fields that take anything."""
    fields = dialect.Options.model_fields if dialect else {}
    untyped = {name for name, field in fields.items() if _holds_any(field.annotation)}
    return {name: resolved(value) if name in untyped else plain(value) for name, value in options.items()}


def _holds_any(annotation: Any) -> bool:
    return annotation is Any or any(map(_holds_any, get_args(annotation)))


def check_address(url: str) -> None:
    """Check that a url is `local` or the address of a server.

    Raises:
        SuiteError: It is neither; the text shows no secrets.
    """
    if url == LOCAL:
        return
    if "://" not in url:
        shown = found(url.rpartition("@")[2].partition("?")[0])
        raise SuiteError(f'expected "local" or an address such as http://127.0.0.1:8000, found {shown}')
    if any(character <= " " or character == "\x7f" for character in url):
        raise SuiteError(f"expected an address without blanks and control characters, found {redact(url)}")
    split_address(url)
