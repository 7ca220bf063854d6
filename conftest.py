# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What pytest needs once per session, and what makes the suite quick.

Nothing here changes what a test sees, but how long it waits:

- browser tests find their bundles made. Without it every one builds them again, in a
  transaction that is rolled back. Odoo's own test runner does the same;
- freezegun looks for the clock in thousands of modules, at every start. It is spared
  the modules that have not changed since.

One thing about what is counted: Odoo holds environments weakly. Which of them a test
that counts queries finds again, and whether a user is read once more for a new one,
would depend on when Python last collected garbage; while such a test runs, it does not.

And one thing about what failed: a test that drives a browser is tried a second time, as
Odoo's own runner can. A click between two drawings of a busy machine is lost now and
then. The summary names what was tried again, so that it can be mended.
"""

import functools
import gc
import inspect
import os
import pathlib

import pytest

# So that plain ``pytest --odoo-database=NAME`` finds the addons of this checkout.
ROOT = str(pathlib.Path(__file__).resolve().parent)
os.environ.setdefault("ODOO_ADDONS_PATH", f"{ROOT}/addons")
#: Where the tests of this project are.
OWN = (f"{ROOT}/addons/", f"{ROOT}/tests/")


def pytest_collection_modifyitems(items):
    from odoo.tests import HttpCase

    for item in items:
        cls = getattr(item, "cls", None)
        if cls and issubclass(cls, HttpCase) and _drives_browser(cls):
            item.add_marker(pytest.mark.flaky(reruns=1))


def _is_own(cls):
    return cls is not object and inspect.getfile(cls).startswith(OWN)


@functools.cache
def _drives_browser(cls):
    """Whether a class of tests, or what it inherits from here, runs JavaScript."""
    own = [base for base in cls.__mro__ if _is_own(base)]
    calls = ("start_tour(", "browser_js(")
    return any(call in inspect.getsource(base) for base in own for call in calls)


@functools.cache
def _counts_queries(module):
    source = inspect.getsource(module)
    return "sql_log_count" in source or "assertQueryCount" in source


@pytest.fixture(autouse=True)
def steady_environments(request):
    """No garbage collection in the tests of a module that counts queries."""
    if not _counts_queries(request.module):
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def warm_assets(request, load_registry):
    from odoo.orm.registry import Registry
    from odoo.tests import HttpCase, get_db_name

    classes = {getattr(item, "cls", None) for item in request.session.items}
    if not any(cls and issubclass(cls, HttpCase) for cls in classes):
        return
    from odoo import api

    with Registry(get_db_name()).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        env["ir.qweb"]._pregenerate_assets_bundles()
        cr.commit()


@pytest.fixture(scope="session", autouse=True)
def quick_freeze():
    """Recognise a module that freezegun has seen by the number of its names.

    Freezegun compares all names of all modules, 4000 with Odoo: a third of the time of
    tests that move the clock often. What this would miss is a module that loses a name
    and gains a clock between two starts.
    """
    from freezegun import api

    def fingerprint(module):
        try:
            return f"{id(module)}-{len(vars(module))}"
        except TypeError:  # not a module, but something that stands for one
            return exact(module)

    exact = api._get_module_attributes_hash
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "_get_module_attributes_hash", fingerprint)
        api._GLOBAL_MODULES_CACHE.clear()  # by the other fingerprint
        yield
    api._GLOBAL_MODULES_CACHE.clear()
