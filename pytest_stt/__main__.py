from __future__ import annotations

import sys

from pytest_stt.cli import main

if __name__ == "__main__":  # pragma: no branch
    sys.exit(main())
