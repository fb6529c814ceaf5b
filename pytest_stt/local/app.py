"""The web application: OpenAI's HTTP API and WhisperLive's WebSocket on one port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from pytest_stt.local.openai_http import create_transcription, error_response, list_models
from pytest_stt.local.whisperlive_ws import serve_whisperlive

if TYPE_CHECKING:
    from pytest_stt.local.pool import EnginePool


def build_app(pool: EnginePool) -> Starlette:
    """Build the application around an engine that is loaded."""
    app = Starlette(
        routes=[
            Route("/health", _health),
            Route("/v1/models", list_models),
            Route("/v1/audio/transcriptions", create_transcription, methods=["POST"]),
            WebSocketRoute("/{path:path}", serve_whisperlive),
        ],
        exception_handlers={HTTPException: _refused, ClientDisconnect: _nobody_listens, Exception: _failed},
    )
    app.state.pool = pool
    return app


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _refused(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 400)
    message = getattr(error, "detail", "")
    if status in {404, 405}:
        message = f"Invalid URL ({request.method} {request.url.path})"
    return error_response(status, message, param=getattr(error, "param", None))


async def _nobody_listens(_request: Request, _error: Exception) -> Response:
    return Response(status_code=499)


async def _failed(_request: Request, error: Exception) -> Response:
    return error_response(500, f"The engine failed: {type(error).__name__}.")
