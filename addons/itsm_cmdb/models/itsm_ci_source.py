# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .itsm_ci_class import CODE

MANAGER = "itsm_cmdb.itsm_group_ci_manager"


class ItsmCiSource(models.Model):
    """Where data about configuration items comes from, and what it may do (CFG-33).

    A source says how its rows are recognised (keys, in order), what each column is and
    who wins (owns, fills, never), and what becomes of rows that nothing or several
    match and of items that it no longer names. Files (`itsm.ci.import`) and interfaces
    (`collect`) go through the same.
    """

    _name = "itsm.ci.source"
    _description = "Source of Configuration Items"
    _inherit = ["itsm.archive.mixin", "itsm.shared.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="For interfaces: small letters, digits and underscores.",
    )
    sequence = fields.Integer(
        string="Priority",
        default=10,
        required=True,
        help="If several sources own one attribute of a configuration item, the one "
        "with the lowest number among those that know the item writes it.",
    )
    active = fields.Boolean(default=True)
    is_authority = fields.Boolean(
        string="Counts as Authority",
        copy=False,
        help="Off, as with every new source: what its imports add or change under "
        "control is recorded as unauthorised or refused, as the classes say, and the "
        "configuration managers are told once for each import. On: it needs no other "
        "authorisation, the history names the source, and nobody is told. Switch it "
        "on for a source whose data was decided before it comes here.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
        help="Only configuration items of this company are made and changed. Empty: "
        "only those that belong to all companies.",
    )
    collector_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        ondelete="restrict",
        help="The user of the interface that sends rows for this source. He needs to "
        "be a reader of the CMDB only; he changes what the columns below allow.",
    )
    class_id = fields.Many2one(
        comodel_name="itsm.ci.class",
        string="CI Class",
        index="btree_not_null",
        ondelete="restrict",
        help="Of rows that do not say it.",
    )
    class_column = fields.Char(
        string="Column of the Class", help="It holds code or name of a class."
    )
    key_column = fields.Char(
        string="Column of the Key",
        help="What the source calls the item, for good. Empty: the first of the "
        "identification keys that a row has.",
    )
    on_none = fields.Selection(
        selection=[
            ("create", "Record a new one"),
            ("skip", "Pass over"),
            ("ask", "Ask"),
        ],
        string="If None Matches",
        required=True,
        default="create",
    )
    on_several = fields.Selection(
        selection=[("ask", "Ask"), ("error", "Reject the row")],
        string="If Several Match",
        required=True,
        default="ask",
        help="Nothing is guessed: somebody chooses, and it is remembered.",
    )
    on_one = fields.Selection(
        selection=[
            ("update", "Update it"),
            ("link", "Remember it and change nothing"),
        ],
        string="If One Matches",
        required=True,
        default="update",
    )
    on_vanished = fields.Selection(
        selection=[
            ("nothing", "Nothing"),
            ("mark", "Mark it as not seen"),
            ("propose", "Propose to dismantle it"),
        ],
        string="If It Has Vanished",
        required=True,
        default="mark",
        help="What the source knew and a complete import does not name any more. "
        "Nothing is dismantled by itself.",
    )
    missing_runs = fields.Integer(
        string="After So Many Imports",
        default=1,
        required=True,
        help="Complete imports in a row that do not name it.",
    )
    key_ids = fields.One2many(
        comodel_name="itsm.ci.source.key",
        inverse_name="source_id",
        string="Identification",
        copy=False,
    )
    field_ids = fields.One2many(
        comodel_name="itsm.ci.source.field",
        inverse_name="source_id",
        string="Columns",
        copy=True,
    )
    relation_ids = fields.One2many(
        comodel_name="itsm.ci.source.relation",
        inverse_name="source_id",
        string="Relations",
        copy=True,
    )
    link_ids = fields.One2many(
        comodel_name="itsm.ci.source.link", inverse_name="source_id", readonly=True
    )
    link_count = fields.Integer(compute="_compute_counts", string="Known Items")
    missing_count = fields.Integer(compute="_compute_counts", string="Not Seen")
    import_ids = fields.One2many(
        comodel_name="itsm.ci.import", inverse_name="source_id", string="Imports"
    )
    worked_at = fields.Datetime(
        string="Last Read",
        readonly=True,
        copy=False,
        help="When rows of this source were last compared or taken in.",
    )
    claims = fields.Text(
        string="Also Owned by Others",
        compute="_compute_claims",
        help="Attributes of the same classes that other sources own too.",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "Another source has this code.")
    _runs_positive = models.Constraint(
        "CHECK(missing_runs > 0)", "At least one import must have missed it."
    )

    # === Computes ===

    @api.depends("link_ids.state")
    def _compute_counts(self):
        links = self.env["itsm.ci.source.link"]
        counts = {}
        for source, state, count in links._read_group(
            [("source_id", "in", self.ids)], ["source_id", "state"], ["__count"]
        ):
            counts[source.id, state] = count
        states = dict(links._fields["state"].selection)
        for source in self:
            source.link_count = sum(counts.get((source.id, s), 0) for s in states)
            source.missing_count = sum(
                counts.get((source.id, s), 0) for s in ("missing", "proposed")
            )

    @api.depends("sequence", "field_ids.target", "field_ids.precedence", "class_id")
    def _compute_claims(self):
        for source in self:
            said = []
            for other in source._rivals():
                mine, theirs = source._owned(), other._owned()
                shared = [mine[target] for target in mine if target in theirs]
                if not shared:
                    continue
                values = {"origin": other.name, "columns": ", ".join(shared)}
                if source._comes_before(other):
                    said.append(
                        self.env._(
                            "%(columns)s: this one, before %(origin)s.", **values
                        )
                    )
                else:
                    said.append(
                        self.env._(
                            "%(columns)s: %(origin)s, before this one.", **values
                        )
                    )
            source.claims = "\n".join(said)

    # === Rules ===

    @api.constrains("code")
    def _check_code(self):
        for source in self:
            if not CODE.fullmatch(source.code or ""):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” cannot be the code of a source: begin with a small "
                        "letter, then small letters, digits and underscores.",
                        code=source.code,
                    )
                )

    @api.constrains("collector_id", "company_id")
    def _check_collector(self):
        for source in self:
            user = source.collector_id
            if not user:
                continue
            if user.share:
                raise ValidationError(
                    self.env._(
                        "%(user)s is no internal user and cannot be a collector.",
                        user=user.name,
                    )
                )
            if source.company_id and source.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s: let the collector "
                        "belong to the company of the source.",
                        user=user.name,
                        company=source.company_id.name,
                    )
                )

    def write(self, vals):
        if "company_id" in vals:
            # sudo: what it knows counts, whoever may see it
            known = self.sudo().filtered(
                lambda s: s.company_id.id != vals["company_id"] and s.link_ids
            )
            if known:
                raise UserError(
                    self.env._(
                        "%(name)s knows configuration items of its company: make "
                        "another source for the other company.",
                        name=known[0].name,
                    )
                )
        return super().write(vals)

    def _archive_references(self):
        return [
            ("itsm.ci.source.link", "source_id"),
            ("itsm.ci.import", "source_id"),
            ("itsm.ci.relation", "import_source_id"),
            ("itsm.ci.history", "import_source_id"),
            ("itsm.ci.unauthorised", "import_source_id"),
            ("itsm.ci.source.pass", "source_id"),
        ]

    # === Who wins ===

    def _comes_before(self, other):
        return (self.sequence, self._origin.id or 0) < (
            other.sequence,
            other._origin.id or 0,
        )

    def _owned(self):
        """``{target: label}`` of what this source owns."""
        self.ensure_one()
        owned = self.field_ids.filtered(lambda line: line.precedence == "owns")
        return {line._target(): line._label() for line in owned}

    def _rivals(self):
        """Other sources whose items may be the same as those of this one."""
        self.ensure_one()
        # sudo: who claims an attribute counts, seen or not
        others = self.sudo().search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("id", "!=", self._origin.id)
        )
        mine = self.class_id
        return others.filtered(
            lambda other: (
                not mine
                or not other.class_id
                or self.class_column
                or other.class_column
                or mine._is_kind_of(other.class_id)
                or other.class_id._is_kind_of(mine)
            )
        )

    # === Interfaces ===

    def _check_may_collect(self):
        """Who may send rows: a configuration manager, or the collector.

        :return: the source as the work is done with it
        :raise AccessError: somebody else
        """
        self.ensure_one()
        self.check_access("read")
        user = self.env.user
        if self.company_id and self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "You do not work in %(company)s, the company of this source.",
                    company=self.company_id.name,
                )
            )
        if user.has_group(MANAGER):
            self._check_shared()
            return self
        if user == self.collector_id:
            # sudo: what the source allows, its collector does; companies, classes and
            # columns are those that a configuration manager has set
            return self.sudo()
        raise AccessError(
            self.env._(
                "Only configuration managers and the collector of %(origin)s may send "
                "rows for it.",
                origin=self.name,
            )
        )

    def _work_lock(self):
        """One at a time works with a source; the other transaction is tried again."""
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                "UPDATE itsm_ci_source SET worked_at = now() AT TIME ZONE 'UTC'"
                " WHERE id = (SELECT id FROM itsm_ci_source WHERE id = %s"
                " FOR NO KEY UPDATE NOWAIT)",
                self.id,
            )
        )
        self.invalidate_recordset(["worked_at"], flush=False)

    def action_view_links(self):
        """Open what the source knows."""
        return self._open("itsm_cmdb.itsm_ci_source_link_action", {})

    def action_view_missing(self):
        """Open what it does not name any more."""
        context = {"search_default_missing": 1}
        return self._open("itsm_cmdb.itsm_ci_source_link_action", context)

    def action_new_import(self):
        """A new import of a file of this source."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci.import",
            "views": [(False, "form")],
            "context": {"default_source_id": self.id},
        }

    def _open(self, action, context):
        self.ensure_one()
        found = self.env["ir.actions.act_window"]._for_xml_id(action)
        domain = [("source_id", "=", self.id)]
        return {**found, "domain": domain, "context": context}
