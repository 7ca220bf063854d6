# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Every menu of the app, as every role, in English and Chinese."""

from odoo.modules.module import Manifest
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools.convert import convert_file

from odoo.addons.itsm.demo.helpdesk_ticket_demo import load_tickets

ROOT = "itsm_base.itsm_menu_root"
#: The demo logins of the roles that have the app.
ROLES = ("agent", "lead", "sla", "manager")
CHINESE_FOR = ("itsm_base", "itsm_sla", "itsm", "helpdesk_mgmt", "mail", "web")


def load_demo(env):
    """Load the demo data, so that the screens are not empty and the roles exist."""
    for path in Manifest.for_addon("itsm")["demo"]:
        convert_file(
            env(context={"install_demo": True}),
            "itsm",
            path,
            {},
            mode="init",
            noupdate=True,
        )
    load_tickets(env)
    env.flush_all()


def menus_of(env, user):
    """Return the ids of the app's menus that the user sees, as the web client does."""
    menus = env["ir.ui.menu"].with_user(user).load_menus(False)
    ids, todo = [], [env.ref(ROOT).id]
    if todo[0] not in menus["root"]["children"]:
        return ids
    while todo:
        menu_id = todo.pop()
        ids.append(menu_id)
        todo += menus[menu_id]["children"]
    return ids


@tagged("post_install", "-at_install", "standard")
class TestClickEverywhere(HttpCase):
    browser_size = "1920x1080"
    allow_end_on_form = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load_demo(cls.env)

    def _click(self, login):
        self.browser_js(
            "/odoo",
            "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
            f".startClickEverywhere('{ROOT}');",
            "odoo.isReady === true",
            login=login,
            timeout=600,
            success_signal="clickbot test succeeded",
        )

    def test_agent(self):
        self._click("agent")
