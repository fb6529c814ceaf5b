"""JSON lines as NVIDIA NeMo has them: one object per line with `audio_filepath` and `text`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_stt.suite.manifests.columns import NEEDED, columns_of, utterance
from pytest_stt.suite.manifests.faults import BadRow
from pytest_stt.suite.manifests.lines import read_lines
from pytest_stt.suite.problems import found, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_stt.suite.manifests.row import Utterance
    from pytest_stt.suite.manifests.source import Source


def read_nemo(source: Source) -> Iterator[Utterance]:
    """Read a file of JSON lines."""
    columns = columns_of("nemo", source.columns)
    taken = {name for names in columns.values() for name in names}
    lines = list(read_lines(source.path, source.faults))
    if lines and _is_array(lines[0][1]):
        line = lines[0][0]
        source.faults.add(source.path, line, "this is a JSON array; expected one object per line")
        return
    for line, text in lines:
        try:
            item = _item(text)
            values = {role: _first(item, names) for role, names in columns.items()}
            for role in NEEDED:
                if values[role] is None:
                    _refuse_null(item, columns[role])
                    raise BadRow(f'there is no "{columns[role][0]}"{nearest(columns[role][0], item)}')
            yield utterance(
                values,
                source=source,
                file=source.path,
                line=line,
                meta={
                    key: shown for key, value in item.items() if key not in taken and (shown := _shown(value))
                },
            )
        except BadRow as error:
            source.faults.add(source.path, line, str(error))


def _is_array(first: str) -> bool:
    """Tell whether a file is one list over several lines, by its first line."""
    text = first.strip()
    return text.startswith("[") and not text.endswith("]")


def _refuse_null(item: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name in item:
            raise BadRow(f'"{name}": expected a text, found null')


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


def _first(item: dict[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        if item.get(name) is not None:
            return item[name]
    return None


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
