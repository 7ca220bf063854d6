# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.itsm_base.tools import guard

from .test_impact_agreement import ImpactCommon

HOUR = 3600


@tagged("post_install", "-at_install")
class TestMaintenanceWindow(ImpactCommon):
    """MNT-05, SLM-08: the window of a work order is a planned interruption."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sla_manager_2 = cls._create_user(
            "sla-manager-2", "itsm_sla.itsm_group_sla_manager"
        )

    def _order(self, **vals):
        with freeze_time("2026-04-01 08:00"):
            order = (
                self.env["itsm.ci.maintenance.order"]
                .with_user(self.ci_manager)
                .create(
                    {
                        "name": "Upgrade of the mail server",
                        "ci_ids": [Command.set(self.server.ids)],
                        "planned_start": "2026-04-12 08:00",
                        "planned_end": "2026-04-12 12:00",
                        "interrupts": True,
                        **vals,
                    }
                )
            )
        return order

    def _agree(self, order, user=None):
        interruption = order.sudo().interruption_id.with_user(user or self.sla_manager)
        with freeze_time("2026-04-02 08:00"):
            interruption.write(
                {
                    "consent_partner_ids": [Command.set(self.requester.ids)],
                    "consent_on": "2026-04-01",
                    "consent_evidence": "Letter",
                }
            )
            interruption.action_agree()
        return interruption

    def test_proposal(self):
        """MNT-05: what is only proposed does not read as settled on the order."""
        order = self._order()
        self.assertEqual(order.interruption_state, "planned")
        arch = etree.fromstring(order.get_view(view_type="form")["arch"])
        (shown,) = arch.findall(".//field[@name='interruption_state'][@class]")
        self.assertEqual(shown.get("invisible"), "interruption_state == 'planned'")
        instead = shown.getnext()
        self.assertEqual(instead.text.strip(), "Proposed, not agreed")
        self.assertEqual(instead.get("invisible"), "interruption_state != 'planned'")

    def test_availability(self):
        """MNT-05: proposed it counts as downtime; agreed the month has 720 - 4 = 716
        agreed hours and no downtime in the window."""
        order = self._order()
        interruption = order.sudo().interruption_id
        self.assertEqual(interruption.state, "planned")
        self.assertEqual(interruption.service_ids, self.service | self.offering)
        self.assertEqual(interruption.requested_by_id, self.ci_manager)
        self._outage("2026-04-12 09:00:00", "2026-04-12 11:00:00")
        row = self._april()
        self.assertEqual((row.agreed_hours, row.down_seconds), (720, 2 * HOUR))
        self._agree(order)
        row = self._april()
        self.assertEqual(row.agreed_hours, 716)
        self.assertEqual(row.planned_hours, 4)
        self.assertEqual(row.down_seconds, 0)
        self.assertEqual(row.percent, 100.0)

    def test_not_by_oneself(self):
        """SLM-08: who planned the work does not agree to it for the customers."""
        self.ci_manager.group_ids += self.env.ref("itsm_sla.itsm_group_sla_manager")
        order = self._order()
        with self.assertRaises(AccessError):
            self._agree(order, self.ci_manager)
        self.assertEqual(order.sudo().interruption_id.state, "planned")

    def test_moved(self):
        """A proposal follows the order; what was agreed is left by nobody."""
        order = self._order()
        interruption = order.sudo().interruption_id
        with freeze_time("2026-04-01 09:00"):
            order.write(
                {
                    "planned_start": "2026-04-13 08:00",
                    "planned_end": "2026-04-13 12:00",
                }
            )
            self.assertEqual(str(interruption.date_start), "2026-04-13 08:00:00")
            self._agree(order)
            with self.assertRaises(UserError):
                order.planned_end = "2026-04-13 13:00"
            order.planned_end = "2026-04-13 11:00"
            self.assertEqual(str(interruption.date_stop), "2026-04-13 12:00:00")
        self.assertEqual(order.sudo().interruption_id, interruption)

    def test_given_up(self):
        """A cancelled order takes its interruption along; so does one that interrupts
        nothing any more."""
        order = self._order()
        with freeze_time("2026-04-01 09:00"):
            order.interrupts = False
            self.assertEqual(order.sudo().interruption_id.state, "cancelled")
            order.interrupts = True
            self.assertEqual(order.sudo().interruption_id.state, "planned")
            self._agree(order)
            order._cancel("Put off")
        self.assertEqual(order.sudo().interruption_id.state, "cancelled")

    def test_nothing_reached(self):
        """Where no service is reached nothing is proposed: none would mean all."""
        alone = self.server.copy({"name": "alone", "state": "use"})
        order = self._order(ci_ids=[Command.set(alone.ids)])
        self.assertFalse(order.sudo().interruption_id)

    def test_silent(self):
        """What is loaded as history proposes nothing, nor what lies in the past."""
        orders = guard.silence(self.env["itsm.ci.maintenance.order"])
        vals = {
            "name": "x",
            "ci_ids": [Command.set(self.server.ids)],
            "interrupts": True,
        }
        with freeze_time("2026-04-01 08:00"):
            loaded = orders.create(
                {
                    **vals,
                    "planned_start": "2026-04-12 08:00",
                    "planned_end": "2026-04-12 12:00",
                }
            )
            past = guard.without_token(self.env["itsm.ci.maintenance.order"]).create(
                {
                    **vals,
                    "planned_start": "2026-03-12 08:00",
                    "planned_end": "2026-03-12 12:00",
                }
            )
        self.assertFalse((loaded | past).interruption_id)

    def _batch(self, count):
        """Values of orders: each of its own server, on its own day."""
        servers = self.env["itsm.ci"].create(
            [
                {
                    "name": f"server {count}-{index}",
                    "class_id": self.server.class_id.id,
                    "state": "use",
                }
                for index in range(count)
            ]
        )
        relation = self.item.relation_target_ids.filtered(
            lambda r: r.source_id == self.server
        )
        self.env["itsm.ci.relation"].create(
            [
                {
                    "type_id": relation.type_id.id,
                    "source_id": server.id,
                    "target_id": self.item.id,
                }
                for server in servers
            ]
        )
        return [
            {
                "name": "Upgrade",
                "ci_ids": [Command.set(server.ids)],
                "planned_start": f"2026-04-{index + 10} 08:00",
                "planned_end": f"2026-04-{index + 10} 12:00",
                "interrupts": True,
                "user_id": self.agent.id,
            }
            for index, server in enumerate(servers)
        ]

    def test_queries(self):
        """MNT-05: ten orders that interrupt cost as many queries as one, made or moved,
        with cold caches too; each is proposed for its own day."""
        self._promised()
        orders = self.env["itsm.ci.maintenance.order"].with_user(self.ci_manager)

        def count(number, cold):
            vals_list = self._batch(number)
            self.env.flush_all()
            self.env.invalidate_all()
            if cold:
                self.env.registry.clear_all_caches()
            before = self.cr.sql_log_count
            made = orders.create(vals_list)
            self.env.flush_all()
            spent = self.cr.sql_log_count - before
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(set(made.mapped("waits_for")), {self.sla_manager.name})
            shown = self.cr.sql_log_count - before
            interruptions = made.sudo().interruption_id
            self.assertEqual(len(interruptions), number)
            for order, interruption in zip(made, interruptions, strict=True):
                self.assertEqual(interruption.date_start, order.planned_start)
                self.assertEqual(interruption.name, order.display_name)
                self.assertEqual(interruption.service_ids, self.service | self.offering)
                self.assertEqual(
                    interruption.activity_ids.date_deadline,
                    order.planned_start.date(),
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            made.write(
                {
                    "planned_start": "2026-04-25 08:00",
                    "planned_end": "2026-04-25 12:00",
                }
            )
            self.env.flush_all()
            return spent, shown, self.cr.sql_log_count - before

        with freeze_time("2026-04-01 08:00"):
            count(2, False)
            for cold in (False, True):
                one, ten = count(1, cold), count(10, cold)
                self.assertEqual(ten, one)

    def test_each_its_own(self):
        """MNT-05: of orders in one batch each has the services that fail with what it
        is about, on its own day; what reaches nothing proposes nothing."""
        alone = self.server.copy({"name": "alone", "state": "use"})
        late = self.server.copy({"name": "late", "state": "use"})
        self.item.relation_target_ids.filtered(
            lambda r: r.source_id == self.server
        ).copy({"source_id": late.id, "date_start": "2026-04-12"})
        wanted = [
            (self.server, "2026-04-11", True),
            (alone, "2026-04-12", False),
            (late, "2026-04-11", False),
            (late, "2026-04-12", True),
            (alone | late, "2026-04-12", True),
        ]
        with freeze_time("2026-04-01 08:00"):
            orders = (
                self.env["itsm.ci.maintenance.order"]
                .with_user(self.ci_manager)
                .create(
                    [
                        {
                            "name": "x",
                            "ci_ids": [Command.set(items.ids)],
                            "planned_start": f"{day} 08:00",
                            "planned_end": f"{day} 12:00",
                            "interrupts": True,
                        }
                        for items, day, _reaches in wanted
                    ]
                )
            )
        for order, (_items, _day, reaches) in zip(orders, wanted, strict=True):
            services = order.sudo().interruption_id.service_ids
            expected = self.service | self.offering
            self.assertEqual(services, expected if reaches else expected.browse())
        # moved together, each as it was proposed
        with freeze_time("2026-04-01 09:00"):
            orders.write(
                {
                    "planned_start": "2026-04-13 08:00",
                    "planned_end": "2026-04-13 12:00",
                }
            )
        for order, (items, _day, _reaches) in zip(orders, wanted, strict=True):
            interruption = order.sudo().interruption_id
            self.assertEqual(bool(interruption), items != alone)
            if interruption:
                self.assertEqual(str(interruption.date_start), "2026-04-13 08:00:00")
                self.assertEqual(interruption.name, order.display_name)

    def test_not_by_writing(self):
        """Nobody gives an order the interruption of something else."""
        order = self._order()
        with self.assertRaises(UserError):
            order.interruption_id = False

    def _promised(self):
        """An SLA on the service, kept by the service level manager."""
        return self._available_agreement(
            partner_id=self.customer.id,
            service_ids=[Command.set(self.service.ids)],
            owner_id=self.sla_manager.id,
        )

    def test_begin_waits(self):
        """MNT-05, SLM-08: nobody begins what interrupts services before that is agreed;
        it says who can agree. Agreed, the engineer begins."""
        self._promised()
        order = self._order(user_id=self.agent.id)
        self.assertEqual(order.waits_for, self.sla_manager.name)
        mine = order.with_user(self.agent)
        with (
            freeze_time("2026-04-12 08:00"),
            self.assertRaisesRegex(
                UserError, re.escape(f"{self.sla_manager.name} can agree")
            ),
        ):
            mine.action_start()
        with self.assertRaises(AccessError):
            mine._start_all_the_same("I want to")
        self.assertEqual(order.state, "planned")
        self._agree(order)
        self.assertFalse(order.waits_for)
        with freeze_time("2026-04-12 08:00"):
            mine.action_start()
        self.assertEqual(order.state, "progress")
        self.assertFalse(order.waits_for)

    def test_begin_refused(self):
        """MNT-05: an interruption that was cancelled is not agreed either; one who
        keeps no agreements is not named."""
        self._promised()
        self.env["itsm.agreement"].search([]).owner_id = self.agent
        order = self._order(user_id=self.agent.id)
        order.sudo().interruption_id.with_user(self.sla_manager).action_cancel()
        with freeze_time("2026-04-12 08:00"), self.assertRaises(UserError) as caught:
            order.with_user(self.agent).action_start()
        # of nobody who keeps them: any of the company
        self.assertIn(self.sla_manager.name, str(caught.exception))
        self.assertNotIn(self.agent.name, str(caught.exception))

    def test_begin_what_reaches_nothing(self):
        """MNT-05: what reaches no service any more waits for nobody."""
        order = self._order(user_id=self.agent.id)
        interruption = order.sudo().interruption_id
        with freeze_time("2026-04-01 09:00"):
            order.ci_ids = self.server.copy({"name": "alone", "state": "use"})
        self.assertEqual(interruption.state, "cancelled")
        self.assertFalse(order.waits_for)
        with freeze_time("2026-04-12 08:00"):
            order.with_user(self.agent).action_start()
        self.assertEqual(order.state, "progress")

    def test_begin_all_the_same(self):
        """MNT-05: who plans maintenance is asked why, and that is kept; neither he nor
        anybody by the question begins it without a reason."""
        order = self._order(user_id=self.agent.id)
        with freeze_time("2026-04-12 08:00"):
            action = order.action_start()
            self.assertEqual(order.state, "planned")
            reasons = self.env["itsm.ci.maintenance.reason"]
            asked = {"context": action["context"], "reason": "The disk is failing."}
            for user in (self.agent, self.ci_manager):
                wizard = reasons.with_user(user).with_context(**asked["context"])
                with self.assertRaises(UserError), self.cr.savepoint():
                    wizard.create({"reason": " "}).action_confirm()
            wizard = reasons.with_user(self.agent).with_context(**asked["context"])
            with self.assertRaises(AccessError), self.cr.savepoint():
                wizard.create({"reason": asked["reason"]}).action_confirm()
            wizard = wizard.with_user(self.ci_manager)
            wizard.create({"reason": asked["reason"]}).action_confirm()
        self.assertEqual(order.state, "progress")
        self.assertEqual(order.sudo().interruption_id.state, "planned")
        message = order.message_ids.filtered(lambda m: "disk is failing" in m.body)
        self.assertEqual(message.author_id, self.ci_manager.partner_id)

    def test_begin_at_once(self):
        """MNT-05: the repair of a defect waits for nobody, nor what reaches no service;
        only who plans says what is one."""
        alone = self.server.copy({"name": "alone", "state": "use"})
        for vals in (
            {"kind": "defect"},
            {"ci_ids": [Command.set(alone.ids)]},
            {"interrupts": False},
        ):
            order = self._order(user_id=self.agent.id, **vals)
            self.assertFalse(order.waits_for)
            with freeze_time("2026-04-12 08:00"):
                order.with_user(self.agent).action_start()
            self.assertEqual(order.state, "progress", vals)
        order = self._order(user_id=self.agent.id)
        with self.assertRaises(AccessError):
            order.with_user(self.agent).kind = "defect"

    def test_asked_to_agree(self):
        """SLM-08: who may agree is asked once, on the interruption, for its day; moved
        it follows, decided it ends. Who asks for it himself is not asked."""
        self._promised()
        order = self._order()
        interruption = order.sudo().interruption_id
        self.assertEqual(interruption.activity_ids.user_id, self.sla_manager)
        self.assertEqual(str(interruption.activity_ids.date_deadline), "2026-04-12")
        with freeze_time("2026-04-01 09:00"):
            order.write(
                {
                    "planned_start": "2026-04-13 08:00",
                    "planned_end": "2026-04-13 12:00",
                }
            )
        self.assertEqual(len(interruption.activity_ids), 1)
        self.assertEqual(str(interruption.activity_ids.date_deadline), "2026-04-13")
        self._agree(order)
        self.assertFalse(interruption.activity_ids)
        with freeze_time("2026-04-02 09:00"):
            interruption.with_user(self.manager).action_plan()
        self.assertEqual(interruption.activity_ids.user_id, self.sla_manager)
        self.ci_manager.group_ids += self.env.ref("itsm_sla.itsm_group_sla_manager")
        self.env["itsm.agreement"].search([]).owner_id = self.ci_manager
        interruption = self._order().sudo().interruption_id
        self.assertEqual(interruption.requested_by_id, self.ci_manager)
        asked = interruption.activity_ids.user_id
        self.assertIn(self.sla_manager, asked)
        self.assertNotIn(self.ci_manager, asked)

    def _plan(self):
        plan = (
            self.env["itsm.ci.maintenance.plan"]
            .with_user(self.ci_manager)
            .create(
                {
                    "name": "Reboot",
                    "ci_ids": [Command.set(self.server.ids)],
                    "interrupts": True,
                    "working_days_only": False,
                    "due_day": 20,
                    "lead_days": 30,
                    "user_id": self.agent.id,
                    "reviewer_id": self.manager.id,
                    "check_ids": [Command.create({"name": "Up again"})],
                }
            )
        )
        plan.action_run()
        return plan

    def _second_manager(self):
        """Plans maintenance and records what is agreed."""
        return self._create_user(
            "sla-ci-manager-2",
            "itsm_cmdb.itsm_group_ci_manager,itsm_sla.itsm_group_sla_manager",
        )

    def test_by_plan(self):
        """The order of a plan proposes its window for who scheduled the plan."""
        with freeze_time("2026-04-01 08:00"):
            plan = self._plan()
            plan.sudo().with_user(self.env.ref("base.user_root"))._make_orders()
        interruption = plan.order_ids.sudo().interruption_id
        self.assertEqual(interruption.state, "planned")
        self.assertEqual(interruption.requested_by_id, self.ci_manager)

    def test_by_who_changed_the_plan(self):
        """SLM-08: who changed the plan of another one asks for its interruptions, and
        does not agree to them."""
        other = self._second_manager()
        with freeze_time("2026-04-01 08:00"):
            plan = self._plan()
            plan.with_user(other).duration = 8
            plan.sudo().with_user(self.env.ref("base.user_root"))._make_orders()
        interruption = plan.order_ids.sudo().interruption_id
        self.assertEqual(interruption.requested_by_id, other)
        with self.assertRaises(AccessError):
            self._agree(plan.order_ids, other)

    def test_by_who_makes_orders(self):
        """SLM-08: who has a plan make its orders asks for their interruptions, and does
        not agree to them, whoever wrote the plan."""
        other = self._second_manager()
        with freeze_time("2026-04-01 08:00"):
            plan = self._plan()
            plan.with_user(other).action_make_orders()
        interruption = plan.order_ids.sudo().interruption_id
        self.assertEqual(interruption.requested_by_id, other)
        with self.assertRaises(AccessError):
            self._agree(plan.order_ids, other)
        self.assertEqual(interruption.state, "planned")

    def test_deleted(self):
        """SLM-08: an order with an interruption is cancelled and not deleted; what was
        agreed does not outlive it."""
        order = self._order()
        interruption = self._agree(order)
        with freeze_time("2026-04-02 09:00"):
            with self.assertRaisesRegex(UserError, "cancel it instead"):
                order.unlink()
            order._cancel("Put off")
        self.assertEqual(interruption.state, "cancelled")
        alone = self.server.copy({"name": "alone", "state": "use"})
        order = self._order(ci_ids=[Command.set(alone.ids)])
        with freeze_time("2026-04-02 09:00"):
            order.unlink()
        self.assertFalse(order.exists())

    def test_day_in_zone(self):
        """MNT-05: 17:00 UTC on the 11th is the 12th in Shanghai: the services are those
        of that day."""
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        alone = self.server.copy({"name": "new server", "state": "use"})
        relation = self.env["itsm.ci.relation"].search(
            [("source_id", "=", self.server.id), ("target_id", "=", self.item.id)]
        )
        relation.copy({"source_id": alone.id, "date_start": "2026-04-12"})
        window = {"planned_end": "2026-04-11 19:00"}
        order = self._order(
            ci_ids=[Command.set(alone.ids)], planned_start="2026-04-11 17:00", **window
        )
        services = order.sudo().interruption_id.service_ids
        self.assertIn(self.service, services)
        order = self._order(
            ci_ids=[Command.set(alone.ids)], planned_start="2026-04-11 15:59", **window
        )
        self.assertFalse(order.sudo().interruption_id)
