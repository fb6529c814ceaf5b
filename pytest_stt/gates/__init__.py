"""What a whole suite comes to."""

from __future__ import annotations
