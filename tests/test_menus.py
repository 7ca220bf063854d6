# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Every menu of the app, as every role, in English and Chinese.

In the browser each menu is opened, and the first record; whoever comes to a menu first
opens all tabs of the record and each other view, too. Odoo's own click-everywhere would
press each filter as well; that takes two minutes for each role, so the filters are
tried in Python here.
"""

import json

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.modules.module import Manifest
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import html2plaintext
from odoo.tools.convert import convert_file
from odoo.tools.safe_eval import datetime, safe_eval, time

from odoo.addons.itsm.demo.helpdesk_ticket_demo import load_tickets

ROOT = "itsm_base.itsm_menu_root"
HELPDESK = "helpdesk_mgmt.helpdesk_ticket_main_menu"
LANGS = ("en_US", "zh_CN")
#: The demo logins of the roles that have the app.
ROLES = ("agent", "lead", "sla", "manager")
#: Words that are the same in Chinese.
SAME = (
    r"\b(IP|SLA|OLA|UC|CSV|ICS|IT|ITSM|ID|UTC|UTF|GB|KPI|OA|PDF|API|XLSX|SHA|CMDB"
    r"|Odoo)\b"
)
#: Texts in helpdesk_mgmt's code, see docs/translations.md.
UNTRANSLATED = "Open Tickets( without team)?"

#: Opens the menus of ROOT one after the other; CHINESE: no label may be English; SEEN:
#: ids of menus whose tabs and other views somebody has opened.
WALK = """
(async () => {
    const module = (name) => odoo.loader.modules.get(name);
    const { App } = module("@odoo/owl");
    const { rpcBus } = module("@web/core/network/rpc");
    const { menu: menus } = odoo.__WOWL_DEBUG__.root.env.services;
    const pending = new Set();
    rpcBus.addEventListener("RPC:REQUEST", ({ detail }) => pending.add(detail.data.id));
    rpcBus.addEventListener("RPC:RESPONSE", ({ detail }) =>
        pending.delete(detail.data.id)
    );
    const sleep = (delay) => new Promise((resolve) => setTimeout(resolve, delay));
    const find = (selector) => document.querySelector(selector);
    const all = (selector) => [...document.querySelectorAll(selector)];
    const isBusy = () =>
        pending.size > 0 || [...App.apps].some((app) => app.scheduler.tasks.size > 0);

    /** Wait until nothing is loaded or drawn any more, and nothing went wrong. */
    async function settle(what, isThere = () => true) {
        const end = Date.now() + 30000;
        let calm = 0;
        while (calm < 3) {
            await sleep(20);
            const dialog = find(".o_error_dialog");
            if (dialog) {
                throw new Error(`${what}: ${dialog.innerText}`);
            }
            if (Date.now() > end) {
                throw new Error(
                    `${what}: not ready after 30 seconds; busy: ${isBusy()}`
                );
            }
            calm = isBusy() || !isThere() ? 0 : calm + 1;
        }
        if (CHINESE) {
            readLabels(what);
        }
    }

    const same = new RegExp(SAME, "g");
    const foreign = new Set();
    function readLabels(what) {
        const labels =
            ".o_menu_sections, .o_form_label, .o_list_table thead th, .o_stat_text, " +
            ".o_notebook .nav-link, .o_horizontal_separator, .o_view_nocontent, " +
            ".o_form_statusbar button, .o_control_panel_main_buttons button";
        for (const element of all(labels)) {
            const text = element.innerText.replace(same, "").trim();
            if (/[A-Za-z]{2}/.test(text)) {
                foreign.add(`${what}: ${element.innerText.trim()}`);
            }
        }
    }

    async function openRecord(what, hasTabs) {
        const opener = ".o_data_row .o_data_cell:not(.o_handle_cell), .o_kanban_record";
        const cell = find(".o_action_manager " + opener);
        const others =
            ".o_list_renderer .o_list_button, .o_grouped, .o_view_sample_data";
        if (!cell || find(others)) {
            return 0;
        }
        cell.click();
        await settle(what);
        if (!find(".o_action_manager .o_form_renderer")) {
            return 0;
        }
        const tabs = ".o_action_manager .o_notebook_headers .nav-link";
        for (const tab of hasTabs ? all(tabs) : []) {
            tab.click();
            await settle(`${what}, ${tab.innerText}`);
        }
        find(".o_back_button, .breadcrumb-item a").click();
        await settle(what, () => !find(".o_action_manager .o_form_renderer"));
        return 1;
    }

    try {
        const app = menus.getApps().find((app) => app.xmlid === "ROOT");
        const todo = [menus.getMenuAsTree(app.id)];
        let screens = 0;
        while (todo.length) {
            const menu = todo.shift();
            todo.push(...menu.childrenTree);
            // the wall screen never rests; tours of its addon open it
            const isWall = menu.xmlid === "itsm_desk.itsm_wall_menu";
            if (!menu.actionID || menu.childrenTree.length || isWall) {
                continue;
            }
            console.log(`opening ${menu.name}`); // a traceback does not say where
            await menus.selectMenu(menu);
            await settle(menu.name, () => find(".o_view_controller, .o_dialog"));
            screens++;
            if (find(".o_dialog")) {
                find(".o_dialog header .btn-close").click();
                await settle(menu.name, () => !find(".o_dialog"));
                continue;
            }
            const isNew = !SEEN.includes(menu.id);
            screens += await openRecord(menu.name, isNew);
            const others = ".o_cp_switch_buttons .o_switch_view:not(.active)";
            const types = (isNew ? all(others) : []).map(
                (button) => button.className.match(/ o_(?!switch_view)(\\w+)/)[1]
            );
            for (const name of types) {
                const selector = `.o_cp_switch_buttons .o_switch_view.o_${name}`;
                find(selector).click();
                await settle(`${menu.name}, ${name}`, () => find(`${selector}.active`));
                screens++;
            }
        }
        if (foreign.size) {
            throw new Error("not Chinese: " + [...foreign].join("\\n"));
        }
        if (screens < 5) {
            throw new Error(`only ${screens} screens`);
        }
        console.log(`opened ${screens} screens`);
        console.log("every menu opens");
    } catch (error) {
        console.error(String(error));
    }
})();
"""


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


def load_chinese(env):
    lang = env["res.lang"]._activate_lang("zh_CN")
    wizard = env["base.language.install"].create({"lang_ids": lang.ids})
    wizard.lang_install()


def menu_ids(env, user, root):
    """Return the ids of the menus of an app that a user sees."""
    loaded = env["ir.ui.menu"].with_user(user).load_menus(False)
    ids, todo = [], [env.ref(root).id]
    if todo[0] not in loaded["root"]["children"]:
        todo = []
    while todo:
        menu_id = todo.pop()
        ids.append(menu_id)
        todo += loaded[menu_id]["children"]
    return ids


def helpdesk_user(env):
    """Somebody who works with helpdesk_mgmt and is no ITSM user."""
    return new_test_user(
        env,
        login="plain-helpdesk-user",
        groups="base.group_user,helpdesk_mgmt.group_helpdesk_user",
    )


@tagged("post_install", "-at_install", "standard")
class TestEveryMenu(HttpCase):
    """About a minute for each role and language on two cores.

    A traceback shows in either language, so one role only is walked with in English,
    too. The limit of time is for a machine that does more than this.
    """

    browser_size = "1920x1080"
    #: ids of menus whose tabs and other views were opened by a test before
    seen = frozenset()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load_demo(cls.env)
        load_chinese(cls.env)
        helpdesk_user(cls.env)

    def _walk(self, login, root=ROOT, langs=("zh_CN",)):
        user = self.env["res.users"].search([("login", "=", login)])
        menus = frozenset(menu_ids(self.env, user, root))
        for lang in langs:
            user.lang = lang
            code = (
                WALK.replace("ROOT", root)
                .replace("CHINESE", json.dumps(lang == "zh_CN"))
                .replace("SEEN", json.dumps(sorted(type(self).seen)))
                .replace("SAME", json.dumps(f"{SAME}|{UNTRANSLATED}"))
            )
            self.browser_js(
                "/odoo",
                code,
                "odoo.isReady === true",
                login=login,
                timeout=600,
                success_signal="every menu opens",
            )
            type(self).seen |= menus

    def test_all_as_manager(self):
        """Issue 2, section 5: no traceback, no console error; all labels Chinese.

        The first, as he sees the most pages and views.
        """
        self._walk("manager")

    def test_as_agent(self):
        """Issue 2, section 5: the same as an agent, in English, too."""
        self._walk("agent", langs=reversed(LANGS))

    def test_as_lead(self):
        """Issue 2, section 5: the same as the lead of the service desk."""
        self._walk("lead")

    def test_as_sla_manager(self):
        """Issue 2, section 5: the same as the service level manager."""
        self._walk("sla")

    def test_helpdesk_user(self):
        """Issue 2, section 5: helpdesk_mgmt's own app works for its own users."""
        self._walk("plain-helpdesk-user", HELPDESK)


@tagged("post_install", "-at_install", "standard")
class TestMenuActions(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load_demo(cls.env)
        load_chinese(cls.env)
        cls.roles = cls.env["res.users"].search([("login", "in", ROLES)])

    def _menus(self, user, root=ROOT):
        """Return the menus of an app that the user sees, as the web client does."""
        return self.env["ir.ui.menu"].browse(menu_ids(self.env, user, root))

    def _actions(self):
        """Return (menu, window action, model as the role sees it) for each role."""
        self.assertEqual(len(self.roles), len(ROLES))
        actions = []
        for user in self.roles:
            menus = self._menus(user).filtered("action")
            self.assertTrue(menus)
            for menu in menus:
                action = menu.action.sudo()  # as the web client loads it
                if action._name in ("ir.actions.client", "ir.actions.server"):
                    continue  # a screen of its own, or made when it is opened
                if action.view_mode == "form":
                    continue  # begins a record
                self.assertEqual(action._name, "ir.actions.act_window")
                model = self.env(user=user)[action.res_model]
                actions.append((f"{user.login}: {menu.complete_name}", action, model))
        return actions

    def _evaluate(self, model, text):
        return safe_eval(
            text or "{}",
            {
                "uid": model.env.uid,
                "context_today": lambda: fields.Date.context_today(model),
                "current_date": str(fields.Date.context_today(model)),
                "datetime": datetime,
                "relativedelta": relativedelta,
                "time": time,
                "allowed_company_ids": model.env.companies.ids,
                "self": "word",
                "raw_value": 1,
            },
        )

    def test_who_sees_the_app(self):
        """Issue 2, section 2: the roles see the app, nobody else does."""
        employee = new_test_user(self.env, login="employee", groups="base.group_user")
        helpdesk = helpdesk_user(self.env)
        for user in employee, helpdesk:
            self.assertFalse(self._menus(user), user.login)
        self.assertFalse(self._menus(employee, HELPDESK))
        self.assertTrue(self._menus(helpdesk, HELPDESK))
        customer = self.env["res.users"].search([("login", "=", "customer")])
        with self.assertRaises(AccessError):
            self._menus(customer)
        for user in self.roles:
            self.assertTrue(self._menus(user), user.login)

    def test_a_word_of_help(self):
        """Issue 2, section 5: no screen is empty without a word of help."""
        for name, action, _model in self._actions():
            if action.target == "new":
                continue  # a dialog is a form, which is never empty
            for lang in LANGS:
                with self.subTest(name, lang=lang):
                    help_text = action.with_context(lang=lang).help or ""
                    self.assertGreater(len(html2plaintext(help_text).strip()), 10)

    def test_views_open(self):
        """Issue 2, section 5: each view opens, and its records can be searched."""
        for name, action, model in self._actions():
            with self.subTest(name):
                modes = [*action.view_mode.split(","), "search"]
                own = {"search": action.search_view_id.id}
                views = [(own.get(mode, False), mode) for mode in modes]
                views = model.get_views(views)["views"]
                context = self._evaluate(model, action.context)
                domain = self._evaluate(model, action.domain or "[]")
                model.with_context(**context).search(domain, limit=1)
                search = etree.fromstring(views["search"]["arch"])
                known = {node.get("name") for node in search.iter("filter", "field")}
                wanted = {
                    key.removeprefix("search_default_")
                    for key in context
                    if key.startswith("search_default_")
                }
                self.assertLessEqual(wanted, known)

    def test_dialogs(self):
        """INC-18, INC-22: what the gear menu and the list offer opens on tickets."""
        tickets = self.env["helpdesk.ticket"].search([], limit=2)
        self.assertEqual(len(tickets), 2)
        actions = self.env["ir.actions.act_window"].search(
            [("binding_model_id.model", "=", "helpdesk.ticket")]
        )
        actions = actions.filtered(
            lambda action: (
                action.target == "new" and action.res_model.startswith("itsm.")
            )
        )
        self.assertGreater(len(actions), 4)
        lead = self.roles.filtered(lambda user: user.login == "lead")
        for action in actions:
            model = self.env(user=lead)[action.res_model]
            for ids in (tickets.ids[:1], tickets.ids):
                with self.subTest(action=action.name, tickets=len(ids)):
                    self._open_dialog(model, sorted(ids))

    def _open_dialog(self, model, ids):
        """Do what the web client does when it opens a new record of a dialog."""
        model = model.with_context(
            active_model="helpdesk.ticket", active_id=ids[0], active_ids=ids
        )
        view = model.get_views([(False, "form")])
        names = view["models"][model._name]["fields"]
        spec = {
            name: {} if model._fields[name].type != "many2one" else {"fields": {}}
            for name in names
        }
        values = model.onchange({}, [], spec)["value"]
        if "ticket_ids" in spec:
            self.assertEqual(
                sorted(command[1] for command in values["ticket_ids"]), ids
            )

    def test_filters(self):
        """Issue 2, section 3: each filter can be applied, each group can be made."""
        tried = 0
        for name, _action, model in self._actions():
            arch = etree.fromstring(model.get_view(False, "search")["arch"])
            for node in arch.iter("filter", "field"):
                with self.subTest(name, node=node.get("name")):
                    tried += self._apply(model, node)
        self.assertGreater(tried, 300)

    def _apply(self, model, node):
        """Search and group as this node of a search view says; return how often."""
        domain = node.get("domain" if node.tag == "filter" else "filter_domain")
        if domain:
            model.search(self._evaluate(model, domain), limit=1)
        group = self._evaluate(model, node.get("context")).get("group_by")
        if group:
            if model._fields[group.split(":")[0]].type in ("date", "datetime"):
                group = f"{group.split(':')[0]}:month"
            model.formatted_read_group([], [group], ["__count"])
        return bool(domain) + bool(group)
