"""Headers that tell a browser what this server's pages may do."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from resnet_viz.ui.server.addresses import path_below_base
from resnet_viz.ui.streamlit_internals import MEDIA, index_page, inline_scripts

_SITE = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:\d{1,5})?", re.ASCII)


def frame_ancestors() -> list[str]:
    """The sites that `RESNET_VIZ_FRAME_ANCESTORS` names, separated by spaces or commas: they may show a figure.

    Raises `ValueError` where one is no address of a site.
    """
    sites = os.environ.get("RESNET_VIZ_FRAME_ANCESTORS", "").replace(",", " ").lower().split()
    for site in sites:
        if not _SITE.fullmatch(site):
            raise ValueError(f"RESNET_VIZ_FRAME_ANCESTORS: {site!r} is no address of a site, such as https://course.example.org")
    return sites


@lru_cache
def content_security_policy(*framing: str) -> str:
    """Scripts from this server and Streamlit's component blobs only; the page's own inline script is allowed by its hash. Sites
    of `framing` may frame it, as this one may."""
    inline = inline_scripts(index_page())
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in inline)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' blob: {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            " ".join(["frame-ancestors 'self'", *framing]),
            "form-action 'self'",
            "object-src 'none'",
            "base-uri 'self'",
        ]
    )


class SecurityHeaders:
    """Adds the security headers: all of them to documents, which they are about, and a few to everything.

    What belongs to one session, pictures and downloads, is kept by no cache, neither a proxy's nor a shared computer's.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.always = [(b"x-content-type-options", b"nosniff"), (b"cross-origin-resource-policy", b"same-origin")]
        documents = {
            "referrer-policy": "no-referrer",
            "permissions-policy": "camera=(self), microphone=(), geolocation=()",
            "cross-origin-opener-policy": "same-origin",
        }
        self.documents = [*self.always, *((name.encode(), value.encode()) for name, value in documents.items())]
        self.framing = frame_ancestors()

    def _of_document(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Only a figure may be framed by another site; the older header knows no list of sites."""
        framing = self.framing if b"embed=true" in scope["query_string"].split(b"&") else []
        policy = (b"content-security-policy", content_security_policy(*framing).encode())
        return [*self.documents, policy, *([] if framing else [(b"x-frame-options", b"SAMEORIGIN")])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_private = scope["type"] == "http" and path_below_base(scope).startswith(MEDIA)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                is_document = any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)
                private = [(b"cache-control", b"private, no-store")] if is_private else []
                message["headers"] = [*headers, *(self._of_document(scope) if is_document else self.always), *private]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
