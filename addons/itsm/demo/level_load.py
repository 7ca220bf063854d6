# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The demo data of service levels in order, silently."""

from .desk_load import Hush
from .level_demo import DraftAgreement, LevelRequirements, SignedAgreement
from .level_month_demo import LevelBreaches, LevelOutages, LevelReports
from .level_review_demo import LevelPlans, LevelReviews


def load_levels(env):
    """Create what people did about service levels; nothing is mailed."""
    with Hush(env):
        LevelRequirements(env).load()
        SignedAgreement(env).load()
        DraftAgreement(env).load()
        LevelOutages(env).load()
        LevelBreaches(env).load()
        LevelReports(env).load()
        LevelReviews(env).load()
        LevelPlans(env).load()
