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

/**
 * What was chosen on this screen, as it was kept by the browser.
 *
 * @param {string|null} kept
 * @returns {{team_ids: number[], company_ids: number[], isDark: boolean}}
 */
export function readChoice(kept) {
    let choice = null;
    try {
        choice = JSON.parse(kept);
    } catch {
        // Somebody else's text: as if nothing had been chosen.
    }
    const numbers = (value) => (Array.isArray(value) ? value.filter(Number.isInteger) : []);
    return {
        team_ids: numbers(choice?.team_ids),
        company_ids: numbers(choice?.company_ids),
        isDark: typeof choice?.isDark === "boolean" ? choice.isDark : DEFAULTS.isDark,
    };
}
