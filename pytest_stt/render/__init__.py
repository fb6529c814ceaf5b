"""Drawing: values in, lines of text out."""

from __future__ import annotations
