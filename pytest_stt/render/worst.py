"""The worst transcripts, aligned with their references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_stt.records import Record
from pytest_stt.render.lines import Line, plain
from pytest_stt.render.table import rate
