# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

#: Parts of shipped formulas, as they were and as they are.
PARTS = (
    (
        "Left out: cancelled and exempt tickets",
        "Left out: exempt tickets, targets that were neither met nor missed when the "
        "ticket was cancelled",
    ),
    (
        "Changes of team in the period after which the ticket did not come back to "
        "the team it came from, of all changes of team in the period, × 100.",
        "Dispatches of tickets to another team in the period that did not come back "
        "to the team that sent them, of all dispatches in the period, × 100. Coming "
        "back is no dispatch.",
    ),
)


def migrate(cr, version):
    """The words of shipped KPIs say what is counted.

    Translations of what was changed are dropped: those of the addon are loaded after
    this script, and only where there are none.
    """
    for before, after in PARTS:
        cr.execute(
            """UPDATE itsm_kpi AS kpi
                  SET formula = jsonb_build_object(
                          'en_US', replace(kpi.formula ->> 'en_US', %(before)s,
                                           %(after)s))
                 FROM ir_model_data AS data
                WHERE data.model = 'itsm.kpi' AND data.module = 'itsm_sla'
                  AND data.res_id = kpi.id
                  AND strpos(kpi.formula ->> 'en_US', %(before)s) > 0""",
            {"before": before, "after": after},
        )
