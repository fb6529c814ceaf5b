"""Text before it is scored and when it is shown."""

from __future__ import annotations

from pytest_stt.text.normalizers import Normalizer, find_normalizer, normalizer_names
from pytest_stt.text.printable import printable

__all__ = ["Normalizer", "find_normalizer", "normalizer_names", "printable"]
