# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from lxml import etree, html

from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ..tools import guard
from ..tools.approval import silently
from .approval_common import ORDER, ApprovalCommon

#: What the list “My Approvals” reads.
LIST_FIELDS = {
    "is_overdue": {},
    "record_type": {},
    "record_name": {},
    "name": {},
    "requested_by": {"fields": {"display_name": {}}},
    "due_date": {},
    "status": {},
    "todo_by": {},
    "can_decide": {},
}


@tagged("post_install", "-at_install")
class TestApprovalWays(ApprovalCommon):
    """Deciding from the form and from the list (issue 4, Approvals)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step = cls._create_step("Boss", reviewer_id=cls.boss.id)
        cls.order = cls._create_order(amount=12.5)

    def _dialog(self, records, user, decision):
        method = {
            "yes": "action_open_approve",
            "no": "action_open_reject",
            "abstain": "action_open_abstain",
        }[decision]
        action = getattr(records.with_user(user), method)()
        self.assertEqual(action["target"], "new")
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def test_form(self):
        """The form asks for a comment and keeps the decision with where it was made."""
        self._ask(self.order)
        dialog = self._dialog(self.order, self.boss, "yes")
        with Form(dialog) as form:
            form.comment = "fine"
        dialog.action_confirm()
        self.order.invalidate_recordset()
        self.assertEqual(self.order.state, "ordered")
        decision = self.order.decision_ids
        self.assertEqual(
            (decision.decision, decision.comment, decision.channel, decision.name),
            ("yes", "fine", "form", "Boss"),
        )
        self.assertEqual(decision.requester_id, self.requester_user)
        self.assertEqual(decision.record_name, "Order")

    def test_form_of_an_earlier_round(self):
        """A form that was opened before the request was taken back decides nothing;
        one that was opened since does; what else a client sends is no round."""
        self._ask(self.order)
        arch = etree.fromstring(self.order.get_view(view_type="form")["arch"])
        for method in ("approve", "reject", "abstain"):
            (button,) = arch.findall(f".//button[@name='action_open_{method}']")
            self.assertEqual(
                button.get("context"), "{'itsm_approval_shown': review_ids}"
            )
        shown = {"itsm_approval_shown": self.order.review_ids.ids}
        self.order.with_user(self.requester_user).action_restart_approval()
        self._ask(self.order)
        old = self.order.with_context(**shown)
        for decision in ("yes", "no", "abstain"):
            with self.assertRefused(UserError, "Reload the page"):
                self._dialog(old, self.boss, decision)
        for shown in (self.order.review_ids.ids, "x", ["x", None], False):
            new = self.order.with_context(itsm_approval_shown=shown)
            self._dialog(new, self.boss, "yes")

    def test_form_reject(self):
        """A rejection needs the reason, in the dialog and behind it."""
        self._ask(self.order)
        dialog = self._dialog(self.order, self.boss, "no")
        with self.assertRaises(AssertionError):
            Form(dialog).save()
        with self.assertRefused(UserError, "Say why"):
            dialog.action_confirm()
        dialog.comment = "too dear"
        dialog.action_confirm()
        self.order.invalidate_recordset()
        self.assertEqual(self.order.approval_state, "rejected")

    def test_form_stranger(self):
        """Who may not decide is told why before he writes a comment."""
        self._ask(self.order)
        with self.assertRefused(UserError, "not among those"):
            self._dialog(self.order, self.anna, "yes")
        with self.assertRefused(UserError, "Nothing waits"):
            self._dialog(self._create_order(), self.boss, "yes")

    def test_dialog_of_another(self):
        """The dialog of another user, or filled in by a remote call, decides nothing
        that its user may not decide."""
        self._ask(self.order)
        dialog = (
            self.env["itsm.approval.decide"]
            .with_user(self.anna)
            .create({"decision": "yes", "review_ids": self.order.review_ids.ids})
        )
        with self.assertRefused(UserError, "not among those"):
            dialog.action_confirm()
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                dialog.with_user(self.boss).read(["comment"])

    def test_list(self):
        """“My Approvals”: many at once, with one comment; all of them or none."""
        orders = self.orders.union(*(self._create_order() for _n in range(3)))
        for order in orders:
            self._ask(order)
        mine = self.reviews.with_user(self.boss).search([("can_decide", "=", True)])
        self.assertEqual(mine, orders.review_ids)
        self.assertFalse(
            self.reviews.with_user(self.anna).search([("can_decide", "=", True)])
        )
        self.assertFalse(
            self.reviews.with_user(self.requester_user).search(
                [("can_decide", "=", True)]
            )
        )
        dialog = self._dialog(mine, self.boss, "yes")
        self._decide(orders[0], self.boss, "no")
        with self.assertRefused(UserError, "nothing to decide"):
            dialog.action_confirm()
        self.assertEqual(len(orders.decision_ids), 1)
        dialog = self._dialog(mine[1:], self.boss, "yes")
        dialog.comment = "both"
        dialog.action_confirm()
        orders.invalidate_recordset()
        self.assertEqual(
            orders.mapped("approval_state"), ["rejected", "approved", "approved"]
        )
        self.assertEqual(orders[1:].decision_ids.mapped("channel"), ["list", "list"])

    def test_list_is_of_readable_records(self):
        """Names of records that the user may not read are shown nowhere."""
        self._ask(self.order)
        self.assertEqual(
            self.order.review_ids.with_user(self.anna).record_name, "Order"
        )
        self.env["ir.rule"].create(
            {
                "name": "Restricted",
                "model_id": self.env["ir.model"]._get(ORDER).id,
                "domain_force": "[('create_uid', '=', user.id)]",
            }
        )
        self.env.invalidate_all()
        review = self.order.review_ids.with_user(self.boss)
        self.assertFalse(review.search([("can_decide", "=", True)]))
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                review.read(["record_name"])
            with self.assertRaises(AccessError):
                self.order.with_user(self.boss).action_approve()

    def test_search_of_records(self):
        """The filter of the record's own list finds what waits for the user."""
        self._ask(self.order)
        other = self._create_order()
        for user, found in (self.boss, True), (self.anna, False):
            orders = self.orders.with_user(user)
            with self.subTest(user=user.login):
                for name in "can_decide", "can_review":
                    self.assertEqual(
                        self.order in orders.search([(name, "=", True)]), found
                    )
                    self.assertEqual(
                        self.order in orders.search([(name, "=", False)]), not found
                    )
                self.assertNotIn(other, orders.search([("can_decide", "=", True)]))

    def test_queries(self):
        """Speed: a list of 80 needs as many queries as a list of 8."""
        self.step.active = False
        self._create_group_step("Group", self.boss | self.anna, sequence=10)
        self._create_step("Role", review_type="role", role_id=self.role.id, sequence=10)
        for user in self.boss, self.ben:
            self.env["itsm.role.holder"].create(
                {
                    "role_id": self.role.id,
                    "user_id": user.id,
                    "company_id": self.company.id,
                }
            )
        quiet = self.orders.with_user(self.requester_user)
        quiet = silently(quiet.with_context(tracking_disable=True))

        def count(number):
            orders = quiet.create(
                [
                    {"name": f"Order {index}", "company_id": self.company.id}
                    for index in range(number)
                ]
            )
            orders.action_request_approval()
            reviews = self.reviews.with_user(self.boss)
            domain = [("model", "=", ORDER), ("res_id", "in", orders.ids)]
            counts = []
            for _attempt in range(2):  # the second one with warm caches
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                found = reviews.web_search_read(domain, LIST_FIELDS, limit=200)
                counts.append(self.cr.sql_log_count - before)
            self.assertEqual(found["length"], 2 * number)
            self.assertTrue(all(r["can_decide"] for r in found["records"]))
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            mine = reviews.search([*domain, ("can_decide", "=", True)])
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(mine), 2 * number)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records = self.orders.with_user(self.boss).web_search_read(
                [("id", "in", orders.ids)],
                {"name": {}, "approval_state": {}, "can_decide": {}},
                limit=200,
            )
            counts.append(self.cr.sql_log_count - before)
            self.assertTrue(all(r["can_decide"] for r in records["records"]))
            return counts[1:]

        few = count(8)
        many = count(80)
        self.assertEqual(few, many)
        self.assertLess(max(many), 40)

    def test_parts_of_views(self):
        """Every form and search of such a record has the buttons, page and filter."""
        views = self.orders.with_user(self.anna).get_views(
            [(False, "form"), (False, "search"), (False, "list")]
        )["views"]
        form = etree.fromstring(views["form"]["arch"])
        buttons = form.xpath("/form/header/button/@name")
        self.assertEqual(buttons[0], "action_request_approval")
        self.assertEqual(buttons[-1], "action_confirm")
        self.assertTrue(form.xpath("//page[@name='itsm_approvals']"))
        locked = form.xpath("//field[@name='amount']")[0]
        self.assertIn("approval_state", locked.get("readonly"))
        self.assertFalse(form.xpath("//field[@name='note']")[0].get("readonly"))
        search = etree.fromstring(views["search"]["arch"])
        self.assertTrue(search.xpath("//filter[@name='approval_mine']"))
        view = self.env["ir.ui.view"].create(
            {
                "name": "bare",
                "model": ORDER,
                "arch": "<form><field name='name'/></form>",
            }
        )
        arch = self.orders.get_views([(view.id, "form")])["views"]["form"]["arch"]
        form = etree.fromstring(arch)
        self.assertTrue(form.xpath("/form/header/button[@name='action_open_approve']"))
        self.assertTrue(form.xpath("/form/notebook/page[@name='itsm_approvals']"))

    def test_lists_load(self):
        """Each list of the approvals can be read by a manager as its view orders it."""
        self._ask(self.order)
        self._decide(self.order, self.boss)
        for xmlid in (
            "tier_review_action_my",
            "tier_definition_action",
            "itsm_substitute_action",
            "itsm_approval_decision_action",
        ):
            action = self.env.ref(f"itsm_base.{xmlid}")
            model = self.env[action.res_model].with_user(self.manager)
            views = action.views or [(False, "list")]
            views = model.get_views([*views, (False, "search")])["views"]
            arch = etree.fromstring(views["list"]["arch"])
            fields = {node.get("name"): {} for node in arch.xpath("/list/field")}
            with self.subTest(xmlid=xmlid):
                self.assertIn("help", action.read(["help"])[0])
                found = model.web_search_read(
                    literal_eval(action.domain or "[]"),
                    fields,
                    order=arch.get("default_order"),
                )
                self.assertTrue(xmlid == "itsm_substitute_action" or found["length"])
            search = etree.fromstring(views["search"]["arch"])
            for group_by in search.xpath("//filter/@context"):
                spec = literal_eval(group_by)["group_by"]
                with self.subTest(xmlid=xmlid, group_by=spec):
                    model.web_read_group([], [spec], ["__count"])

    def test_set_up_form(self):
        """A manager sets a step up with the form under Configuration."""
        view = self.env.ref("itsm_base.tier_definition_view_form")
        steps = self.env["tier.definition"].with_user(self.manager)
        form = Form(
            steps.with_context(
                default_approval_rule="any",
                default_review_type="role",
                default_sequence=10,
            ),
            view=view,
        )
        form.name = "By role"
        form.approval_model = ORDER
        form.role_id = self.role.with_user(self.manager)
        form.approval_rule = "number"
        form.quorum = 2
        form.due_days = 3
        step = form.save()
        self.assertEqual((step.model, step.quorum, step.sequence), (ORDER, 2, 10))
        self.assertIn(step, steps.search([("is_itsm", "=", True)]))
        with Form(step, view=view) as form:
            form.review_type = "group"
            form.reviewer_group_id = self.group
        self.assertFalse(step.role_id)


@tagged("post_install", "-at_install")
class TestApprovalPage(ApprovalCommon, HttpCase):
    """The page behind the link in the mail, also for the phone (issue 4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_step("Boss", reviewer_id=cls.boss.id)
        cls.order = cls._create_order(amount=12.5, name="<b>Order</b>")
        cls.order.with_user(cls.requester_user).action_request_approval()
        cls.order.invalidate_recordset()
        cls.review = cls.order.review_ids
        cls.url = f"/itsm/approval/{cls.review.id}"

    def _get(self, login=None, url=None, **kwargs):
        if login:
            self.authenticate(login, login)
        response = self.url_open(url or self.url, **kwargs)
        self.order.invalidate_recordset()
        return response

    def _post(self, login=None, csrf=True, url=None, **data):
        if login:
            self.authenticate(login, login)
        if csrf:
            data["csrf_token"] = Request.csrf_token(self)
        response = self.url_open(url or self.url, data=data)
        self.env.invalidate_all()
        return response

    def test_page(self):
        """What is decided, by whom it was asked, the three buttons; fit for a phone."""
        response = self._get("ap-boss")
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.text)
        wrap = page.xpath("//div[hasclass('o_itsm_approval')]") or page.xpath(
            "//div[contains(@class, 'o_itsm_approval')]"
        )
        text = wrap[0].text_content()
        self.assertIn("<b>Order</b>", text)  # escaped
        self.assertIn("12.50", text)
        self.assertIn("ap-requester", text)
        self.assertEqual(
            page.xpath("//form//button[@name='decision']/@value"),
            ["yes", "no", "abstain"],
        )
        self.assertTrue(page.xpath("//meta[@name='viewport']"))

    def test_frame(self):
        """No other web site lays the page under buttons of its own."""
        for url in self.url, "/itsm/approval/2147483647":
            policy = self._get("ap-boss", url).headers["Content-Security-Policy"]
            self.assertEqual(policy, "frame-ancestors 'none'")

    def test_summary(self):
        """What is decided is shown as it is: 0.004 is not 0.00, and the name of what
        the record points to, although the approver may not open it."""
        self.patch(
            type(self.order),
            "_approval_summary_fields",
            lambda _order: ["amount", "user_id", "company_id"],
        )
        guard.with_token(self.order).write(
            {"amount": 0.004, "company_id": self.company.id, "user_id": self.cleo.id}
        )
        self.env["ir.rule"].create(
            {
                "name": "Not Cleo",
                "model_id": self.env["ir.model"]._get("res.users").id,
                "domain_force": f"[('id', '!=', {self.cleo.id})]",
            }
        )
        response = self._get("ap-boss")
        self.assertEqual(response.status_code, 200)
        self.assertIn("0.004", response.text)
        self.assertIn("Cleo", response.text)

    def test_approve(self):
        """Approve with a comment; the page then shows the decision, and no buttons."""
        response = self._post("ap-boss", decision="yes", comment="fine & <i>good</i>")
        self.assertEqual(response.status_code, 200)
        self.assertIn("o_itsm_approval_done", response.text)
        self.assertIn("fine &amp; &lt;i&gt;good&lt;/i&gt;", response.text)
        self.assertNotIn('name="decision"', response.text)
        self.assertEqual(self.order.state, "ordered")
        self.assertEqual(self.order.decision_ids.channel, "page")
        response = self._post(decision="no", comment="changed my mind")
        self.assertIn("nothing to decide", response.text)
        self.assertEqual(len(self.order.decision_ids), 1)

    def test_reject(self):
        """A rejection without a reason is asked for it and keeps nothing."""
        response = self._post("ap-boss", decision="no", comment=" ")
        self.assertIn("Say why", response.text)
        self.assertIn('name="decision"', response.text)
        self.assertEqual(self.order.approval_state, "waiting")
        self._post(decision="no", comment="too dear")
        self.assertEqual(self.order.approval_state, "rejected")
        self.assertEqual(self.order.decision_ids.comment, "too dear")

    def test_abstain(self):
        """Who alone decides and abstains leaves nobody: rejected."""
        self._post("ap-boss", decision="abstain")
        self.assertEqual(self.order.decision_ids.decision, "abstain")
        self.assertEqual(self.order.approval_state, "rejected")

    def test_wrong_decision(self):
        """A decision that does not exist is refused with a message."""
        for decision in "", "maybe":
            response = self._post("ap-boss", decision=decision)
            self.assertIn("Choose to approve", response.text)
        self.assertFalse(self.order.decision_ids)

    def test_get_does_nothing(self):
        """Mail scanners and previews open links: opening one decides nothing."""
        self._get("ap-boss", f"{self.url}?decision=yes&comment=x")
        self.assertEqual(self.order.approval_state, "waiting")
        self.assertFalse(self.order.decision_ids)
        response = self._get(url=self.url, method="HEAD")
        self.assertFalse(self.order.decision_ids)
        self.assertLess(response.status_code, 500)

    def test_csrf(self):
        """Another web site cannot decide in the name of who is logged in."""
        with mute_logger("odoo.http"):
            response = self._post("ap-boss", csrf=False, decision="yes")
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.order.decision_ids)

    def test_login(self):
        """Without a login the page asks for one and comes back to the approval."""
        response = self._get(allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])
        self.assertIn("approval", response.headers["Location"])

    def test_someone_else(self):
        """Who may see the record but not decide gets a page that says why."""
        for login, reason in (
            ("ap-anna", "not among those"),
            ("ap-requester", "somebody else decides"),
        ):
            with self.subTest(login=login):
                response = self._get(login)
                self.assertEqual(response.status_code, 200)
                self.assertIn(reason, response.text)
                self.assertNotIn('name="decision"', response.text)
                response = self._post(decision="yes")
                self.assertIn(reason, response.text)
                self.assertFalse(self.order.decision_ids)

    def test_no_access(self):
        """Who may not see the record learns nothing, not even that there is one."""
        self.env["ir.rule"].create(
            {
                "name": "Restricted",
                "model_id": self.env["ir.model"]._get(ORDER).id,
                "groups": [self.env.ref("base.group_user").id],
                "domain_force": "[('create_uid', '=', user.id)]",
            }
        )
        other = self.reviews.create({"model": "res.partner", "res_id": 1})
        pages = set()
        for login, url in (
            ("ap-anna", self.url),
            ("ap-anna", "/itsm/approval/2147483647"),
            ("ap-anna", f"/itsm/approval/{other.id}"),
            ("itsm-portal", self.url),
        ):
            with self.subTest(login=login, url=url):
                with mute_logger("odoo.addons.base.models.ir_rule"):
                    for response in (
                        self._get(login, url),
                        self._post(url=url, decision="yes"),
                    ):
                        self.assertEqual(response.status_code, 404)
                        self.assertIn("o_itsm_approval_none", response.text)
                        self.assertNotIn("Boss", response.text)
                        page = html.fromstring(response.text)
                        wrap = page.xpath("//div[contains(@class, 'approval_none')]")
                        pages.add(wrap[0].text_content())
        self.assertEqual(len(pages), 1)
        self.assertFalse(self.order.decision_ids)

    def test_taken_back(self):
        """The link of a request that was taken back decides nothing."""
        self.order.with_user(self.requester_user).action_restart_approval()
        response = self._post("ap-boss", decision="yes")
        self.assertIn("nothing to decide", response.text)
        self.assertFalse(self.order.decision_ids)
