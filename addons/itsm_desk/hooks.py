# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

#: Shipped as examples; out of sight where a company has some of its own already.
EXAMPLES = ("helpdesk.ticket.category", "helpdesk.ticket.team")


def post_init_hook(env):
    """Archive the shipped categories and teams where there are others (DSK-22, DSK-23).

    Nobody finds names in his lists that he did not choose. No ticket is touched.
    """
    for model_name in EXAMPLES:
        model = env[model_name].with_context(active_test=False)
        shipped = model.browse(
            env["ir.model.data"]
            .search([("module", "=", "itsm_desk"), ("model", "=", model_name)])
            .mapped("res_id")
        )
        if model.search_count([("id", "not in", shipped.ids)], limit=1):
            shipped.active = False


def uninstall_hook(env):
    """Leave the KPI K47 as it was shipped: nobody counts major incidents any more."""
    kpi = env.ref("itsm_base.itsm_kpi_k47", raise_if_not_found=False)
    if kpi and kpi.measure == "major_incident":
        kpi.write({"source": "manual", "measure": False})
