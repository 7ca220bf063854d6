# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html_escape

from odoo.addons.itsm_base.tools import guard

from ..tools import bulk
from ..tools.sample import draw

#: Kinds in which people count.
COUNTED = ("configuration", "stocktaking")


class ItsmCiAudit(models.Model):
    """The steps of an audit, from the snapshot to the end (CFG-29 to CFG-33)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.audit"

    # === Start ===

    def action_start(self):
        """Take the snapshot, draw the sample, and begin.

        :raise UserError: nothing is in scope, or what is compared with is missing
        """
        self._check_step("planned")
        for audit in self:
            audit._start()

    def _start(self):
        self.ensure_one()
        now = fields.Datetime.now()
        if self.kind == "baseline":
            contents, classes = self._baseline_population()
        else:
            items = self._scope_items()
            contents = self.env["itsm.ci.baseline"]._contents_of(items, now)
            classes = {item.id: item.class_id.id for item in items}
        strata = {}
        for ci_id in contents:
            strata.setdefault(classes[ci_id], []).append(ci_id)
        seed = self._new_seed()
        drawn = draw(strata, self.sample_size, seed)
        audit = guard.with_token(self.sudo())  # sudo: only code writes the snapshot
        # sudo: the number is drawn for whoever may start one
        sequence = self.env["ir.sequence"].sudo()
        audit.write(
            {
                "number": sequence.next_by_code("itsm.ci.audit"),
                "state": "counting",
                "snapshot_at": now,
                "seed": seed,
                "drawn_from": {str(key): sorted(ids) for key, ids in strata.items()},
            }
        )
        bulk.insert(
            self.env["itsm.ci.audit.line"],
            [
                {
                    "audit_id": self.id,
                    "company_id": self.company_id.id,
                    "ci_id": ci_id,
                    "content": contents[ci_id],
                    "result": "pending",
                }
                for ci_id in drawn
            ],
        )
        if self.kind == "baseline":
            self._compare_with_now()
        elif self.kind == "import":
            self._compare_with_list()
        if self.kind not in COUNTED:
            self._end_counting()

    def _baseline_population(self):
        """Contents of the baseline that the user may see, and their classes."""
        baseline = self.baseline_id
        if baseline.is_altered:
            raise UserError(baseline._altered_message())
        contents = baseline._contents()
        items = self.env["itsm.ci"].with_context(active_test=False)
        seen = set(items.browse(contents)._filtered_access("read").ids)
        contents = {key: value for key, value in contents.items() if key in seen}
        if not contents:
            raise UserError(
                self.env._(
                    "%(name)s holds no configuration item that you may see.",
                    name=baseline.display_name,
                )
            )
        return contents, {key: value["class_id"] for key, value in contents.items()}

    # === Counting is over ===

    def action_end_counting_ask(self):
        """As `action_end_counting`, once it is confirmed what becomes of the rest."""
        self.ensure_one()
        self._check_step("counting")
        if self.pending_count < self.line_count:
            return self.env["itsm.ci.confirm"]._ask(audit_id=self.id)
        return self.action_end_counting()

    def _uncounted_text(self):
        """What becomes of those that nobody counted."""
        values = {"count": self.pending_count, "total": self.line_count}
        if not values["count"]:
            return self.env._(
                "All %(total)s configuration items were counted. Nothing can be "
                "counted afterwards. End the counting?",
                **values,
            )
        if self.uncounted == "missing":
            return self.env._(
                "%(count)s of %(total)s configuration items were not counted. They are "
                "recorded as missing. End the counting?",
                **values,
            )
        return self.env._(
            "%(count)s of %(total)s configuration items were not counted. They are "
            "left out of the result. End the counting?",
            **values,
        )

    def action_end_counting(self):
        """Counting is over: what was not counted is missing, or was left out.

        :raise UserError: nothing was counted at all
        """
        self._check_step("counting")
        for audit in self:
            if audit.pending_count == audit.line_count:
                raise UserError(
                    self.env._(
                        "%(name)s: nothing has been counted yet.",
                        name=audit.display_name,
                    )
                )
            # sudo: what was to be counted, whoever may see it
            merged = guard.with_token(audit.sudo()._left_out_lines())
            # from now on a merge changes nothing of what was found
            merged.is_merged = True
            if audit.uncounted == "missing":
                # sudo: as above
                lines = audit.sudo().line_ids - merged
                # nobody looked: who ends the counting may check them later
                audit._count_lines(
                    lines.filtered(lambda line: line.result == "pending"),
                    "missing",
                    is_counted=False,
                )
            audit._end_counting()

    def _end_counting(self):
        self.ensure_one()
        self._move("differences")
        self._tell_owners()

    def _move(self, state, **vals):
        # sudo: the step was checked; only code writes it
        guard.with_token(self.sudo()).write({"state": state, **vals})

    def _tell_owners(self):
        """An activity for each owner of what differs, bundled; silently for history.

        What has no owner who can be told is for the configuration managers.
        """
        self.ensure_one()
        if guard.is_silent(self):
            return
        # sudo: whose it is, seen or not
        differences = self.sudo().difference_ids
        rest = 0
        for owner, own in differences.grouped("owner_id").items():
            if owner.active and self.company_id in owner.company_ids:
                self._tell(
                    owner,
                    self.env._(
                        "%(audit)s found %(count)s differences of configuration "
                        "items that are yours. Say for each how it came about and "
                        "what is corrected.",
                        audit=self.display_name,
                        count=len(own),
                    ),
                )
            else:
                rest += len(own)
        if rest:
            for user in self._configuration_managers() or self.auditor_id:
                self._tell(
                    user,
                    self.env._(
                        "%(audit)s found %(count)s differences of configuration items "
                        "without an owner, or of things that are not recorded. A "
                        "configuration manager says for each how it came about and "
                        "what is corrected.",
                        audit=self.display_name,
                        count=rest,
                    ),
                )

    def _tell(self, user, text):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.date_end,
            user_id=user.id,
            summary=self.env._("Explain differences"),
            note=html_escape(text),
        )

    def _configuration_managers(self):
        """Who may explain what nobody owns: holders of the role, else all managers.

        :rtype: res.users
        """
        self.ensure_one()
        managers = self.env["res.users"]._itsm_ci_managers(self.company_id)
        role = self.env.ref(
            "itsm_base.itsm_role_configuration_manager", raise_if_not_found=False
        )
        holders = role._holders(self.company_id) if role else managers.browse()
        return (managers & holders) or managers

    # === Corrections, spot check, end ===

    def action_to_correction(self):
        """All differences are explained: now they are corrected."""
        self._check_step("differences")
        self._check_differences(
            ("open", "failed"),
            self.env._("Its owner has to explain it first."),
        )
        for audit in self:
            audit._move("correction")

    def action_to_check(self):
        """All differences are corrected: now some are checked."""
        self._check_step("correction")
        self._check_differences(
            ("open", "failed", "explained"),
            self.env._("Its owner has to correct it first."),
        )
        for audit in self:
            audit._move("check")

    def _check_differences(self, states, remedy):
        """Refuse to go on while a difference is in one of these states.

        :param str remedy: what is to be done
        :raise UserError: naming one
        """
        # sudo: all count, seen or not
        found = self.sudo().difference_ids.filtered(
            lambda difference: difference.state in states
        )[:1]
        if found:
            raise UserError(
                self.env._(
                    "%(audit)s has an open difference: %(ci)s, %(what)s. %(remedy)s",
                    audit=found.audit_id.display_name,
                    ci=found.ci_id.name or found.found or "",
                    what=found.what,
                    remedy=remedy,
                )
            )

    def action_close(self):
        """The audit is over; a duty to audit that is due is done by it.

        :raise UserError: a difference is open, or none was checked
        """
        without = self.filtered(lambda audit: not audit.difference_count)
        without._check_step("differences", "correction", "check")
        (self - without)._check_step("check")
        self._check_differences(
            ("open", "failed", "explained"),
            self.env._("It has to be explained and corrected first."),
        )
        for audit in self:
            states = set(audit.sudo().difference_ids.mapped("state"))  # sudo: as above
            if states and "checked" not in states:
                raise UserError(
                    self.env._(
                        "%(name)s: check at least one of the corrections first.",
                        name=audit.display_name,
                    )
                )
            audit._move(
                "closed", closed_at=fields.Datetime.now(), closed_by_id=self.env.uid
            )
            audit.sudo().activity_ids.unlink()  # sudo: nothing is left to be done
        self._close_duties()

    @api.model
    def _duty_definitions(self):
        """Definitions of duties that a closed audit fulfils, by kind of audit.

        Only those in which people look: a comparison that the system makes can be of
        the CMDB with itself.
        """
        audit = self.env.ref(
            "itsm_cmdb.itsm_duty_definition_ci_audit", raise_if_not_found=False
        )
        stock = self.env.ref(
            "itsm_cmdb.itsm_duty_definition_stocktaking", raise_if_not_found=False
        )
        none = self.env["itsm.duty.definition"]
        return {
            "configuration": audit or none,
            "stocktaking": stock or none,
        }

    def _close_duties(self):
        """The oldest open duty to audit in the company is done by each of these."""
        definitions = self._duty_definitions()
        for audit in self:
            definition = definitions.get(audit.kind)
            if not definition:
                continue
            # sudo: the audit is the evidence, whoever closes it
            duty = (
                self.env["itsm.duty"]
                .sudo()
                .search(
                    [
                        ("definition_id", "in", definition.ids),
                        ("company_id", "=", audit.company_id.id),
                        ("state", "=", "open"),
                    ],
                    order="period_start, id",
                    limit=1,
                )
            )
            if duty:
                duty._done(audit.closed_at, audit)

    def action_cancel(self):
        """Give it up; what was found is kept.

        :raise UserError: without a reason
        """
        self._check_step("planned", "counting", "differences", "correction", "check")
        for audit in self:
            if not (audit.cancel_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(name)s: write down first why it is given up.",
                        name=audit.display_name,
                    )
                )
            audit._move(
                "cancelled", closed_at=fields.Datetime.now(), closed_by_id=self.env.uid
            )
            audit.sudo().activity_ids.unlink()  # sudo: nothing is left to be done
