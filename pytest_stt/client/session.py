from __future__ import annotations


class STTSession:
    """Talk over an open WebSocket."""
