# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

#: Part of two shipped formulas, as it was and as it is.
BEFORE = "is responsible, as explained, or as proposed by the clocks until then."
AFTER = (
    "is responsible, as somebody has explained. What is not explained yet counts for "
    "nobody; K07.3 says how much that is."
)


def migrate(cr, version):
    """K07.1 and K07.2 say that they count what was explained.

    Translations of what was changed are dropped: those of the addon are loaded after
    this script, and only where there are none.
    """
    cr.execute(
        """UPDATE itsm_kpi AS kpi
              SET formula = jsonb_build_object(
                      'en_US', replace(kpi.formula ->> 'en_US', %(before)s, %(after)s))
             FROM ir_model_data AS data
            WHERE data.model = 'itsm.kpi' AND data.module = 'itsm_sla'
              AND data.res_id = kpi.id
              AND strpos(kpi.formula ->> 'en_US', %(before)s) > 0""",
        {"before": BEFORE, "after": AFTER},
    )
