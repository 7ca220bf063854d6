# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.itsm_ci_state import GONE

#: Days before the end of a licence in which it is said to end soon.
SOON = 60
#: What somebody has to do something about.
ALERTS = ("short", "expired", "low", "ending")


class ItsmCiLicencePosition(models.Model):
    """How many licences are left: bought − installed − reserved (CFG-43).

    A view of the database: nothing is stored twice. A licence that is over counts as
    none. What is installed are the valid relations of a type that takes up a licence,
    from configuration items that are not gone, counted as the licence says.
    """

    _name = "itsm.ci.licence.position"
    _description = "Licence Position"
    _auto = False
    _order = "position, id"
    _rec_name = "ci_id"
    _depends = {
        "itsm.ci": [
            "class_id",
            "attributes",
            "state",
            "active",
            "company_id",
            "owner_id",
            "supplier_id",
            "user_partner_id",
            "location_id",
        ],
        "itsm.ci.class": ["parent_path"],
        "itsm.ci.relation": [
            "type_id",
            "source_id",
            "target_id",
            "date_start",
            "date_end",
        ],
        "itsm.ci.relation.type": ["takes_licence"],
        "itsm.ci.licence.reservation": ["ci_id", "quantity", "date_end", "active"],
    }

    ci_id = fields.Many2one(comodel_name="itsm.ci", string="Licence", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    owner_id = fields.Many2one(
        comodel_name="res.users", string="CI Owner", readonly=True
    )
    supplier_id = fields.Many2one(comodel_name="res.partner", readonly=True)
    metric = fields.Char(string="Licence Metric", compute="_compute_metric")
    metric_code = fields.Char(readonly=True, export_string_translation=False)
    bought = fields.Integer(readonly=True)
    installed = fields.Integer(readonly=True)
    reserved = fields.Integer(readonly=True)
    position = fields.Integer(
        string="Remaining",
        readonly=True,
        help="Bought − installed − reserved; a licence that is over counts as none.",
    )
    minimum = fields.Integer(string="Warn Below", readonly=True)
    licence_end = fields.Date(string="Valid Until", readonly=True)
    status = fields.Selection(
        selection=[
            ("short", "Too few"),
            ("expired", "Expired"),
            ("low", "Nearly used up"),
            ("ending", "Ends soon"),
            ("uncounted", "Number unknown"),
            ("enough", "Enough"),
        ],
        readonly=True,
    )
    is_alert = fields.Boolean(string="To be Looked at", readonly=True)

    @api.depends("metric_code")
    @api.depends_context("lang")
    def _compute_metric(self):
        attribute = self.env.ref("itsm_cmdb.itsm_ci_attribute_licence_metric", False)
        # sudo: names of choices are no secret
        options = attribute.sudo().option_ids if attribute else []
        names = {option.code: option.name for option in options}
        for row in self:
            row.metric = names.get(row.metric_code, row.metric_code)

    @property
    def _table_query(self):
        top = self.env["itsm.ci"]._licence_class().sudo()  # sudo: its place in the tree
        today = fields.Date.context_today(self)
        return SQL(
            """
            WITH licence AS (
                SELECT ci.id, ci.company_id, ci.owner_id, ci.supplier_id,
                       ci.attributes->>'licence_metric' AS metric_code,
                       %(count)s AS bought,
                       COALESCE(%(minimum)s, 0) AS minimum,
                       CASE WHEN ci.attributes->>'licence_end'
                                 ~ '^\\d{4}-\\d\\d-\\d\\d$'
                            THEN (ci.attributes->>'licence_end')::date
                       END AS licence_end
                  FROM itsm_ci ci
                  JOIN itsm_ci_class ci_class ON ci_class.id = ci.class_id
                 WHERE ci_class.parent_path LIKE %(path)s
                   AND ci.active AND ci.state NOT IN %(gone)s
            ), installed AS (
                SELECT licence.id,
                       CASE licence.metric_code
                       WHEN 'core' THEN SUM(GREATEST(COALESCE(%(cores)s, 1), 1))
                       WHEN 'user' THEN COUNT(DISTINCT COALESCE(
                            'p' || source.user_partner_id, 'c' || source.id))
                       WHEN 'site' THEN COUNT(DISTINCT COALESCE(
                            'l' || source.location_id, 'c' || source.id))
                       ELSE COUNT(DISTINCT source.id)
                       END AS count
                  FROM licence
                  JOIN (
                        SELECT DISTINCT relation.target_id, relation.source_id
                          FROM itsm_ci_relation relation
                          JOIN itsm_ci_relation_type kind
                            ON kind.id = relation.type_id AND kind.takes_licence
                         WHERE COALESCE(relation.date_start, %(today)s) <= %(today)s
                           AND COALESCE(relation.date_end, %(today)s) >= %(today)s
                       ) used ON used.target_id = licence.id
                  JOIN itsm_ci source ON source.id = used.source_id
                 WHERE source.active AND source.state NOT IN %(gone)s
              GROUP BY licence.id, licence.metric_code
            ), reserved AS (
                SELECT ci_id AS id, SUM(quantity) AS count
                  FROM itsm_ci_licence_reservation
                 WHERE active AND COALESCE(date_end, %(today)s) >= %(today)s
              GROUP BY ci_id
            ), counted AS (
                SELECT licence.*,
                       COALESCE(installed.count, 0)::int AS installed,
                       COALESCE(reserved.count, 0)::int AS reserved,
                       (CASE WHEN licence.licence_end < %(today)s THEN 0
                             ELSE COALESCE(licence.bought, 0) END
                        - COALESCE(installed.count, 0)
                        - COALESCE(reserved.count, 0))::int AS position
                  FROM licence
             LEFT JOIN installed ON installed.id = licence.id
             LEFT JOIN reserved ON reserved.id = licence.id
            ), judged AS (
                SELECT counted.*,
                       CASE
                       WHEN licence_end < %(today)s THEN 'expired'
                       WHEN bought IS NULL THEN 'uncounted'
                       WHEN position < 0 THEN 'short'
                       WHEN position < minimum THEN 'low'
                       WHEN licence_end <= %(today)s + %(soon)s THEN 'ending'
                       ELSE 'enough'
                       END AS status
                  FROM counted
            )
            SELECT id, id AS ci_id, company_id, owner_id, supplier_id, metric_code,
                   bought, installed, reserved, position, minimum, licence_end, status,
                   status IN %(alerts)s AS is_alert
              FROM judged
            """,
            count=self._whole_number(SQL("ci.attributes->>'licence_count'")),
            minimum=self._whole_number(SQL("ci.attributes->>'licence_minimum'")),
            cores=self._whole_number(SQL("source.attributes->>'cpu_count'")),
            path=f"{top.parent_path}%" if top else "-",
            gone=GONE,
            today=today,
            soon=SOON,
            alerts=ALERTS,
        )

    @api.model
    def _whole_number(self, text):
        """A text as a number; NULL for what is none, whatever an attribute became."""
        return SQL("CASE WHEN %s ~ '^\\d{1,9}$' THEN (%s)::int END", text, text)

    def _message(self):
        """The position in a sentence.

        :rtype: str
        """
        self.ensure_one()
        status = dict(self._fields["status"]._description_selection(self.env))
        return self.env._(
            "%(status)s: %(bought)s bought, %(installed)s installed, %(reserved)s "
            "reserved, %(left)s left.",
            status=status[self.status],
            bought=self.bought,
            installed=self.installed,
            reserved=self.reserved,
            left=self.position,
        )

    # === What people open ===

    def action_view_installed(self):
        """Open what uses the licence today."""
        self.ensure_one()
        title = self.env._("Installed")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_relation_action"
        )
        return {
            **action,
            "name": title,
            "domain": [
                ("target_id", "=", self.id),
                ("type_id.takes_licence", "=", True),
                ("is_valid", "=", True),
                ("source_id.active", "=", True),
                ("source_id.state", "not in", GONE),
            ],
            "context": {"default_target_id": self.id},
        }

    def action_view_reserved(self):
        """Open the reservations of the licence."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_licence_reservation_action"
        )
        return {
            **action,
            "domain": [("ci_id", "=", self.id)],
            "context": {"default_ci_id": self.id},
        }

    def action_view_licence(self):
        """Open the licence."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci",
            "res_id": self.id,
            "view_mode": "form",
        }
