# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestMenus(ItsmCommon):
    def _menus(self, user):
        """Return the menus of the app that the user reaches from its root."""
        root = self.env.ref("itsm_base.itsm_menu_root")
        menus = self.env["ir.ui.menu"].with_user(user)
        loaded = menus.load_menus(False)
        ids, todo = [], [root.id] if root.id in loaded["root"]["children"] else []
        while todo:
            menu_id = todo.pop()
            ids.append(menu_id)
            todo += loaded[menu_id]["children"]
        return menus.browse(ids)

    def test_visible(self):
        """Issue 2 section 2: agents work, managers configure, others see nothing."""
        service_menu = self.env.ref("itsm_base.itsm_service_menu")
        config_menu = self.env.ref("itsm_base.itsm_pause_reason_menu")
        self.assertIn(service_menu, self._menus(self.agent))
        self.assertNotIn(config_menu, self._menus(self.agent))
        self.assertNotIn(config_menu, self._menus(self.lead))
        self.assertIn(config_menu, self._menus(self.manager))
        self.assertFalse(self._menus(self.helpdesk_user))

    def test_runs(self):
        """Design 9: whoever may own a run finds it, not managers alone."""
        runs = self.env.ref("itsm_base.itsm_run_menu")
        for user in self.agent, self.lead, self.manager:
            with self.subTest(user=user.login):
                self.assertIn(runs, self._menus(user))

    def test_every_menu_opens(self):
        """Issue 2 section 5: each view of each menu loads; there is a word of help."""
        for user in self.agent, self.lead, self.manager:
            for menu in self._menus(user):
                if not menu.action:
                    continue
                action = menu.action.sudo()  # as the web client loads it
                with self.subTest(user=user.login, menu=menu.complete_name):
                    if action._name == "ir.actions.client":
                        continue  # a screen of its own; its addon tests it
                    if action._name == "ir.actions.server":
                        # makes what it shows, as the user
                        opened = menu.action.with_user(user).run()
                        model = self.env[opened["res_model"]].with_user(user)
                        if opened.get("res_id"):
                            model.get_views([(False, "form")])
                            self.assertTrue(model.browse(opened["res_id"]).exists())
                        else:
                            modes = opened["view_mode"].split(",")
                            model.get_views([(False, mode) for mode in modes])
                            model.search([], limit=1)
                        continue
                    model = self.env[action.res_model].with_user(user)
                    views = [(False, mode) for mode in action.view_mode.split(",")]
                    model.get_views([*views, (False, "search")])
                    model.search([], limit=1)
                    ours = action.get_external_id()[action.id].startswith("itsm_")
                    # a dialog is never empty, nor is a form that begins a record
                    if ours and action.target != "new" and action.view_mode != "form":
                        # one sentence, and below it what to do
                        self.assertRegex(
                            action.help or "", r"(?s)o_view_nocontent.*</p>\s*<p>\s*\w"
                        )
