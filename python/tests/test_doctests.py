"""Every example in a docstring runs, and every public name has a docstring."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

import paysig

MODULES = ["paysig", *(f"paysig.{m.name}" for m in pkgutil.iter_modules(paysig.__path__) if m.name != "_paysig")]


@pytest.mark.parametrize("name", MODULES)
def test_module(name):
    failed, _ = doctest.testmod(
        importlib.import_module(name), extraglobs={"paysig": paysig}, optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    )
    assert not failed


def test_native_classes():
    finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    native = importlib.import_module("paysig._paysig")
    examples = 0
    for name in dir(native):
        thing = getattr(native, name)
        if not name.startswith("_") and (inspect.isclass(thing) or callable(thing)):
            for test in finder.find(thing, name, module=False, globs={"paysig": paysig}):
                examples += len(test.examples)
                runner.run(test)
    assert runner.failures == 0
    assert examples >= 10


def test_public_names_have_docstrings():
    for name in paysig.__all__:
        thing = getattr(paysig, name)
        if inspect.isclass(thing) or callable(thing):
            assert thing.__doc__, name
            for member in vars(thing) if inspect.isclass(thing) else ():
                if not member.startswith("_") and callable(getattr(thing, member)) and not member.isupper():
                    assert getattr(thing, member).__doc__, f"{name}.{member}"
