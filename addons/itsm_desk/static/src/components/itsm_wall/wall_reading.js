// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

/** What a wall screen shows if nobody has chosen anything else on it. */
const DEFAULTS = { team_ids: [], company_ids: [], isDark: true };

/**
 * A share in percent with one decimal, cut off and not rounded: 94.96 % is not 95 %.
 *
 * @param {number} hits
 * @param {number} counted
 * @returns {string|false} false if nothing was counted: that is no data, not 0 %
 */
export function cutShare(hits, counted) {
    if (!counted) {
        return false;
    }
    const tenths = Math.floor((1000 * hits) / counted);
    return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}

/**
 * How long a bar is, in percent of the longest; a bar that stands for something is seen.
 *
 * @param {number} count
 * @param {number} longest
 * @returns {number}
 */
export function barLength(count, longest) {
    return count && longest ? Math.max(2, Math.round((100 * count) / longest)) : 0;
}

/** What the address says where nothing is filtered by: a kept choice must not. */
const ALL = "all";

/**
 * What a screen is filtered by, for its address: it can be kept as a bookmark, one for
 * each wall, and shows the same after a reload.
 *
 * @param {{team_ids: number[], company_ids: number[]}} choice
 * @returns {{team: number|string, company: number|string}}
 */
export function addressOf({ team_ids, company_ids }) {
    return { team: team_ids[0] ?? ALL, company: company_ids[0] ?? ALL };
}

/**
 * What was chosen on this screen: as its address says, else as the browser kept it.
 *
 * @param {string|null} kept
 * @param {{team?: any, company?: any}} [address]
 * @returns {{team_ids: number[], company_ids: number[], isDark: boolean}}
 */
export function readChoice(kept, address = {}) {
    let choice = null;
    try {
        choice = JSON.parse(kept);
    } catch {
        // Somebody else's text: as if nothing had been chosen.
    }
    const numbers = (value) => (Array.isArray(value) ? value.filter(Number.isInteger) : []);
    const ids = (said, value) => {
        if (said === ALL) {
            return [];
        }
        return Number.isInteger(said) && said > 0 ? [said] : numbers(value);
    };
    return {
        team_ids: ids(address.team, choice?.team_ids),
        company_ids: ids(address.company, choice?.company_ids),
        isDark: typeof choice?.isDark === "boolean" ? choice.isDark : DEFAULTS.isDark,
    };
}
