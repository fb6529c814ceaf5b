"""All servers of a suite file: the one `server`, or those of `servers` that are to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_stt.suite.document import YamlMapping
from pytest_stt.suite.model import Defaults, Overrides, Server
from pytest_stt.suite.problems import nearest
from pytest_stt.suite.schema import check_name
from pytest_stt.suite.server import ServerReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_stt.client.stream import StreamOptions
    from pytest_stt.suite.problems import Problems
    from pytest_stt.suite.schema import ServerEntry, SuiteEntry


class ServersReader:
    """Turn `server` or `servers` of one file into the servers that are to be asked.

    Attributes:
        names: The names of `servers` in the order of the file, empty where it has one `server`.
    """

    def __init__(
        self,
        root: YamlMapping,
        *,
        environ: Mapping[str, str],
        defaults: Defaults,
        overrides: Overrides,
        problems: Problems,
    ) -> None:
        self._root = root
        self._environ = environ
        self._defaults = defaults
        self._overrides = overrides
        self._problems = problems
        servers = _mapping(root, "servers")
        self.names = tuple(servers)
        self._single = self._reader(_mapping(root, "server"))
        self._named = {name: self._reader_of(servers, name) for name in servers}
        if "servers" in root:
            self._check(servers)

    def expanded(self, root: YamlMapping) -> YamlMapping:
        """Replace the variables of every server; what is no mapping stays as it is."""
        values = dict(root)
        if isinstance(values.get("server"), YamlMapping):
            values["server"] = self._single.expanded()
        servers = values.get("servers")
        if isinstance(servers, YamlMapping):
            values["servers"] = servers.replaced(
                {
                    name: self._named[name].expanded() if isinstance(server, YamlMapping) else server
                    for name, server in servers.items()
                }
            )
        return root.replaced(values)

    def read(self, entry: SuiteEntry, stream: StreamOptions) -> tuple[Server, ...]:
        """Check every server of an entry whose types are right, and make those that are to be asked."""
        read = [(reader, reader.read(server, stream)) for reader, server in self._pairs(entry)]
        return tuple(server for reader, server in read if reader.is_asked)

    def notes(self, entry: SuiteEntry) -> tuple[str, ...]:
        """Name what the command line made void."""
        return tuple(note for reader, server in self._pairs(entry) for note in reader.notes(server))

    def _pairs(self, entry: SuiteEntry) -> Iterator[tuple[ServerReader, ServerEntry]]:
        if "server" in self._root or "servers" not in self._root:
            yield self._single, entry.server
        for name, server in entry.servers.items():
            yield self._named[name], server

    def _reader_of(self, servers: YamlMapping, name: str) -> ServerReader:
        is_asked = self._overrides.server in (None, name)
        return self._reader(_mapping(servers, name), name=name, key=f"servers.{name}", is_asked=is_asked)

    def _reader(
        self, written: YamlMapping, *, name: str = "default", key: str = "server", is_asked: bool = True
    ) -> ServerReader:
        return ServerReader(
            name=name,
            key=key,
            is_asked=is_asked,
            written=written,
            environ=self._environ,
            defaults=self._defaults,
            overrides=self._overrides if is_asked else Overrides(),
            problems=self._problems,
        )

    def _check(self, servers: YamlMapping) -> None:
        """Check what concerns the servers together: their names, and the one that was picked."""
        line, picked = self._root.key_line("servers"), self._overrides.server
        if "server" in self._root:
            later = max(line, self._root.key_line("server"))
            self._problems.add(later, 'a suite has either "server" or "servers"; keep one of them')
        if self._root["servers"] == {}:
            self._problems.add(line, '"servers" needs at least one server, such as small: {url: …}')
        for name in self.names:
            problem = check_name(name, "the name of a server")
            if problem:
                self._problems.add(servers.key_line(name), f'{problem}, found "{name}"')
        if self.names and picked is not None and picked not in self.names:
            self._problems.add(line, f"--stt-server: {_no_such_server(picked, self.names)}")


def _no_such_server(picked: str, names: tuple[str, ...]) -> str:
    hint = nearest(picked, names)
    return f'"servers" has no "{picked}", only {", ".join(names)}{hint if "did you mean" in hint else ""}'


def _mapping(node: YamlMapping, key: str) -> YamlMapping:
    value = node.get(key)
    return value if isinstance(value, YamlMapping) else YamlMapping(node.key_line(key))
