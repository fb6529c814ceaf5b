"""JSON lines as NVIDIA NeMo has them: one object per line with `audio_filepath` and `text`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_stt.suite.manifests.columns import columns_of, utterance
from pytest_stt.suite.manifests.faults import BadRow
from pytest_stt.suite.manifests.lines import read_lines
from pytest_stt.suite.problems import found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.suite.manifests.row import Utterance
    from pytest_stt.suite.manifests.source import Source


def read_nemo(source: Source) -> Iterator[Utterance]:
    """Read a file of JSON lines."""
    columns = columns_of("nemo", source.columns)
    taken = {name for names in columns.values() for name in names}
    for line, text in read_lines(source.path, source.faults):
        try:
            item = _item(text)
            for role in ("audio", "reference"):
                _require(item, columns[role])
            yield utterance(
                {role: _first(item, names) for role, names in columns.items()},
                source=source,
                file=source.path,
                line=line,
                meta={
                    key: shown for key, value in item.items() if key not in taken and (shown := _shown(value))
                },
            )
        except BadRow as error:
            source.faults.add(source.path, line, str(error))


def _item(text: str) -> dict[str, Any]:
    try:
        item = json.loads(text)
        if "\\u" in text:
            json.dumps(item, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise BadRow(f"this is no JSON: {error.msg} at column {error.colno}") from None
    except UnicodeEncodeError:
        raise BadRow(r"this holds half a character: a \ud800 to \udfff without its other half") from None
    except (ValueError, RecursionError) as error:
        raise BadRow(f"this can't be read as JSON: {error}") from None
    if not isinstance(item, dict):
        raise BadRow(f"expected a JSON object in each line, found {found(item)}")
    return item


def _require(item: dict[str, Any], names: tuple[str, ...]) -> None:
    if all(item.get(name) is None for name in names):
        raise BadRow(f'there is no "{names[0]}"; this object has {", ".join(item) or "nothing"}')


def _first(item: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((item[name] for name in names if item.get(name) is not None), None)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
