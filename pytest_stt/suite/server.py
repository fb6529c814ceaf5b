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
from pytest_stt.suite.repeats import read_repetition
from pytest_stt.suite.schema import ServerEntry
from pytest_stt.suite.variables import assume_set, expand, names_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_stt.client.stream import StreamOptions

LOCAL = "local"


@dataclass(frozen=True, kw_only=True)
class ServerReader:
    """Turn `server` of one file, or one of its `servers`, into a `Server`.

    Attributes:
        name: Its key in `servers`, `default` for `server`.
        key: Where it stands in the file: `server`, or `servers.NAME`.
        is_asked: Whether anything is sent to it. If not, its variables need not be set: it is checked
            without the values that depend on them.
        written: The mapping as it was typed, an empty one where the file is silent.
        environ: The environment variables.
        defaults: What holds where the file is silent.
        overrides: What wins over the file.
        problems: Gets every problem.
    """

    name: str = "default"
    key: str = "server"
    is_asked: bool = True
    written: YamlMapping
    environ: Mapping[str, str]
    defaults: Defaults
    overrides: Overrides
    problems: Problems

    def expanded(self) -> YamlMapping:
        """Replace the variables, but in the url (see `_url`) and in what `--stt-dialect` makes needless."""
        later = {"url", *(key for key in self.written if key not in ServerEntry.model_fields)}
        if self._is_dialect_replaced():
            later |= {"dialect", "options"}
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
            concurrency=self.overrides.concurrency or entry.concurrency,
            rate=entry.rate,
            wait=entry.wait,
            max_response_mb=entry.max_response_mb,
            name=self.name,
            repeat=read_repetition(
                entry.repeat, self.written, times=self.overrides.repeat, problems=self.problems
            ),
        )

    def notes(self, entry: ServerEntry) -> tuple[str, ...]:
        """Name what the command line made void."""
        if not entry.options or not self._is_dialect_replaced():
            return ()
        dropped = ", ".join(entry.options)
        options = f"{self.key}.options of {self.problems.display}"
        return (f"--stt-dialect {self.overrides.dialect}: {options} are not used: {dropped}",)

    def _is_dialect_replaced(self) -> bool:
        named = self.written.get("dialect", self.defaults.dialect)
        return self.overrides.dialect not in (None, named)

    def _expand(self, node: Any, line: int) -> Any:
        """Expand every text of a tree; what can't be expanded is left out, and reported if it is needed."""
        if isinstance(node, YamlMapping):
            values = {key: self._expand(value, node.value_line(key)) for key, value in node.items()}
            return node.replaced({key: value for key, value in values.items() if value is not None})
        if isinstance(node, YamlList):
            return self._expand_list(node)
        try:
            text = self._expand_text(node)
        except SuiteError as error:
            self.problems.add_all(line, error)
            return None
        if text is None or text is node:
            return text
        return Plain(text) if isinstance(node, Plain) else text

    def _expand_text(self, text: str) -> str | None:
        """Expand one text; None when it depends on a variable of a server that is not asked."""
        if self.is_asked:
            return expand(text, self.environ)
        expanded = expand(text, assume_set(text, {}, ""))
        return None if names_variables(text) else expanded

    def _expand_list(self, node: YamlList) -> YamlList | None:
        copy = YamlList(node.line)
        copy.lines = node.lines
        copy += (self._expand(item, line) for item, line in zip(node, node.lines, strict=True))
        return None if None in copy else copy

    def _url(self, entry: ServerEntry) -> str:
        override, line = self.overrides.url, self.written.value_line("url")
        if not self.is_asked:
            return self._expanded_address(entry.url or LOCAL, "url", line)
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
            url = self._expand_text(text)
        except SuiteError as error:
            self.problems.add_all(line, error, label)
            return LOCAL
        return url if url is not None and self._is_address(url, label, line) else LOCAL

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
        if parsed is None or not (self.is_asked or _is_known(written)):
            return
        try:
            dialect.check(parsed, stream.over(dialect.stream_defaults))
        except SuiteError as error:
            self.problems.add_all(self.written.key_line("options"), error)


def _is_known(node: Any) -> bool:
    """Say whether no text of a tree depends on a variable."""
    if isinstance(node, dict):
        return all(map(_is_known, node.values()))
    return all(map(_is_known, node)) if isinstance(node, list) else not names_variables(node)


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
