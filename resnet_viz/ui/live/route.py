"""The channel's own route: `GET /live/<token>` answers with server-sent events for as long as the page is open."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from resnet_viz.ui.kit.visitor import COOKIE
from resnet_viz.ui.live.hub import Hub, read_marks
from resnet_viz.ui.server.addresses import base_path
from resnet_viz.ui.server.answers import sentence

PATH = "/live"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the latter has nginx pass every message on at once


def live_route(hub: Hub) -> Route:
    """The route, below the base path."""

    async def events(request: Request) -> Response:
        seat = hub.seat(request.path_params["token"], request.cookies.get(COOKIE, ""))
        if seat is None:  # 204 tells an EventSource not to come back
            return PlainTextResponse(sentence("no_seat"), 403)
        marks = read_marks(request.headers.get("last-event-id", ""))
        return StreamingResponse(hub.events(seat, marks), media_type="text/event-stream", headers=_HEADERS)

    return Route(f"{base_path()}{PATH}/{{token}}", events)
