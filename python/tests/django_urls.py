"""Django and Django REST framework views."""

from __future__ import annotations

import json

from django.db import connection, transaction
from django.http import HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import re_path
from django.utils.decorators import method_decorator
from django.views import View
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.response import Response

import paysig
from apps import OPTIONS, seen, verifier
from paysig.django import webhook

decorate = webhook(verifier(), guard=paysig.MemoryReplayGuard(), **OPTIONS)


def _json(body):
    try:
        return json.loads(body)
    except ValueError:
        return None


@decorate
def hook(request):
    return JsonResponse(seen(request.body, request.paysig, json=_json(request.body), form=request.POST.dict()))


@decorate
async def ahook(request):
    return JsonResponse(seen(request.body, request.paysig, json=_json(request.body), form=request.POST.dict()))


@method_decorator(decorate, name="dispatch")
class ClassHook(View):
    def post(self, request):
        return JsonResponse(seen(request.body, request.paysig))


@method_decorator(decorate, name="dispatch")
class AsyncClassHook(View):
    async def post(self, request):
        return JsonResponse(seen(request.body, request.paysig))


class PlainAsyncHook(View):
    async def post(self, request):
        return JsonResponse(seen(request.body, request.paysig))


@decorate
def fail(request):
    return HttpResponse("broken", status=500)


@decorate
def raises(request):
    raise RuntimeError("broken")


@decorate
@api_view(["POST"])
@parser_classes([JSONParser, FormParser, MultiPartParser])
def drf(request):
    return Response(seen(request.body, request.paysig, json=request.data if isinstance(request.data, dict) else None))


# Views whose first answer to a delivery fails after they are done.
late = webhook(verifier(), guard=paysig.MemoryReplayGuard(lease_seconds=1), **OPTIONS)
handled = set()


def first_time(request):
    body = request.body
    if body in handled:
        return False
    handled.add(body)
    return True


@late
def template(request):
    return TemplateResponse(request, "missing" if first_time(request) else "taken")


@late
async def async_template(request):
    return TemplateResponse(request, "missing" if first_time(request) else "taken")


@late
@api_view(["POST"])
def drf_late(request):
    return Response(object() if first_time(request._request) else "taken")


@late
def in_transaction(request):
    with connection.cursor() as cursor:
        cursor.execute("create table if not exists parent (id integer primary key)")
        cursor.execute("create table if not exists child (parent integer references parent (id) deferrable initially deferred)")
        if first_time(request):
            # What the COMMIT fails of.
            cursor.execute("insert into child values (99)")
    return TemplateResponse(request, "taken")


def careless(view):
    def read_first(request):
        request.read()
        return view(request)

    read_first.csrf_exempt = True
    return read_first


urlpatterns = [
    re_path(r"^hook(/.*)?$", lambda request, rest=None: hook(request)),
    re_path(r"^async$", ahook),
    re_path(r"^class$", ClassHook.as_view()),
    re_path(r"^async-class$", AsyncClassHook.as_view()),
    re_path(r"^async-as-view$", decorate(PlainAsyncHook.as_view())),
    re_path(r"^drf$", drf),
    re_path(r"^fail$", fail),
    re_path(r"^raise$", raises),
    re_path(r"^late/template$", template),
    re_path(r"^late/async-template$", async_template),
    re_path(r"^late/drf$", drf_late),
    # As ATOMIC_REQUESTS does, which would refuse the coroutines.
    re_path(r"^late/transaction$", transaction.atomic(in_transaction)),
    re_path(r"^too-late$", careless(hook)),
]
# The lambda stands for a route with an argument and must carry the mark as the view does.
urlpatterns[0].callback.csrf_exempt = True
