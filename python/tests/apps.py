"""Applications in every framework with the same routes, to be served by real servers.

POST /hook/...  answers what the framework's own accessors see of the body; POST /fail fails; POST /form reads a form.
"""

from __future__ import annotations

import atexit
import base64
import json
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import paysig
from providers import HOOK, HOOK_KEY

MAX_BODY = 100_000
OPTIONS = {"max_body": MAX_BODY}


def verifier() -> paysig.Verifier:
    return paysig.Verifier(HOOK, keys=HOOK_KEY)


def seen(body: bytes, verified: paysig.Verified, **more: object) -> dict[str, object]:
    return {"body": base64.b64encode(body).decode(), "replay_key": verified.replay_key, **more}


def wsgi_app():
    from paysig.wsgi import VerifyMiddleware, verified

    def app(environ, start_response):
        if environ["PATH_INFO"] == "/open":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [b"{}"]
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        if environ["PATH_INFO"] == "/raise":
            raise RuntimeError("broken")
        status = "500 Broken" if environ["PATH_INFO"] == "/fail" else "200 OK"
        start_response(status, [("Content-Type", "application/json")])
        yield json.dumps(seen(body, verified(environ))).encode()

    return VerifyMiddleware(app, verifier(), guard=paysig.MemoryReplayGuard(), **OPTIONS)


def flask_app():
    import flask

    from paysig.flask import webhook

    app = flask.Flask("test")
    decorate = webhook(verifier(), guard=paysig.MemoryReplayGuard(), **OPTIONS)

    @app.post("/hook/<path:rest>")
    @app.post("/hook", defaults={"rest": ""})
    @decorate
    def hook(rest, verified):
        request = flask.request
        return seen(request.get_data(), verified, json=request.get_json(silent=True), form=request.form.to_dict())

    @app.post("/fail")
    @decorate
    def fail(verified):
        return "broken", 500

    @app.post("/raise")
    @decorate
    def raises(verified):
        raise RuntimeError("broken")

    @app.post("/async")
    @decorate
    def second(verified):
        return seen(flask.request.get_data(), verified)

    @app.before_request
    def careless():
        if flask.request.path == "/too-late":
            flask.request.form.to_dict()

    @app.post("/too-late")
    @decorate
    def too_late(verified):
        raise AssertionError("not reached")

    return app


def _directory() -> Path:
    directory = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, directory)
    return directory


def django_setup() -> None:
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(
            SECRET_KEY="test",
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF="django_urls",
            MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
            INSTALLED_APPS=["rest_framework"],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": _directory() / "db.sqlite3"}},
            TEMPLATES=[
                {
                    "BACKEND": "django.template.backends.django.DjangoTemplates",
                    "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"taken": "taken"})]},
                }
            ],
            REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None},
            LOGGING_CONFIG=None,
        )
        django.setup()


def django_wsgi():
    django_setup()
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def django_asgi():
    django_setup()
    from django.core.asgi import get_asgi_application

    return get_asgi_application()


def starlette_app():
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    from paysig.asgi import VerifyMiddleware, verified

    async def hook(request):
        return JSONResponse(seen(await request.body(), verified(request)))

    async def fail(request):
        verified(request.scope)
        return JSONResponse({}, 500)

    async def raises(request):
        raise RuntimeError("broken")

    async def opened(request):
        try:
            verified(request)
        except paysig.ConfigurationError:
            return JSONResponse({})

    class AsyncGuard:
        def __init__(self):
            self.inner = paysig.MemoryReplayGuard()

        async def begin(self, replay_key):
            return self.inner.begin(replay_key)

        async def commit(self, lease):
            self.inner.commit(lease)

        async def release(self, lease):
            self.inner.release(lease)

    routes = [
        Route("/hook/{rest:path}", hook, methods=["POST"]),
        Route("/hook", hook, methods=["POST"]),
        Route("/fail", fail, methods=["POST"]),
        Route("/raise", raises, methods=["POST"]),
        Route("/open", opened, methods=["POST"]),
    ]
    app = Starlette(routes=routes)
    hooks = ["/hook", "/hook/ü", "/hook/a b", "/fail", "/raise"]
    return VerifyMiddleware(app, verifier(), guard=AsyncGuard(), paths=hooks, **OPTIONS)


def fastapi_app():
    from fastapi_routes import make

    return make()
