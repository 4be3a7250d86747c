"""FastAPI routes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

import paysig
from apps import OPTIONS, seen, verifier
from paysig.asgi import verified as verified_of
from paysig.fastapi import webhook, webhook_route

guard = paysig.MemoryReplayGuard()
dependency = webhook(verifier(), guard=guard, **OPTIONS)
Verified = Annotated[paysig.Verified, Depends(dependency)]


class Event(BaseModel):
    amount: int


def make() -> FastAPI:
    app = FastAPI()

    @app.post("/hook/{rest:path}")
    async def hook(request: Request, verified: Verified, rest: str = "") -> dict[str, Any]:
        return seen(await request.body(), verified)

    @app.post("/hook")
    async def hook_itself(request: Request, verified: Verified) -> dict[str, Any]:
        return seen(await request.body(), verified)

    @app.post("/fail")
    async def fail(verified: Verified) -> None:
        raise HTTPException(500)

    @app.post("/raise")
    async def raises(verified: Verified) -> None:
        raise RuntimeError("broken")

    @app.post("/too-late")
    async def too_late(verified: Verified, a: Annotated[str, Form()]) -> None:
        raise AssertionError("not reached")

    router = APIRouter(route_class=webhook_route(verifier(), guard=guard, **OPTIONS))

    @router.post("/route/model")
    async def model(request: Request, event: Event) -> dict[str, Any]:
        return seen(await request.body(), verified_of(request), amount=event.amount)

    @router.post("/route/form")
    async def form(request: Request, a: Annotated[str, Form()]) -> dict[str, Any]:
        return {"a": a, "replay_key": verified_of(request).replay_key}

    @router.post("/route/fail")
    async def route_fail(request: Request) -> JSONResponse:
        return JSONResponse({}, 500)

    app.include_router(router)
    return app
