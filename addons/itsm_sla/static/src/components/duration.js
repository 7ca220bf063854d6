// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { _t } from "@web/core/l10n/translation";

/**
 * Durations as people read and write them: "15 min", "2 h", "1 h 05 min".
 */

/** No target is longer: more than four years of office hours. */
export const MAX_HOURS = 10000;

// Unit words that are understood, whatever the language of the user is.
const HOUR_WORDS = ["h", "hr", "hrs", "hour", "hours", "小时", "小時", "时", "時"];
const MINUTE_WORDS = [
    "m",
    "mn",
    "min",
    "mins",
    "minute",
    "minutes",
    "'",
    "分钟",
    "分鐘",
    "分",
];
const DAY_WORDS = [
    "d",
    "day",
    "days",
    "w",
    "week",
    "weeks",
    "天",
    "日",
    "工作日",
    "周",
    "星期",
];

function pad(number) {
    return String(number).padStart(2, "0");
}

/**
 * A duration in words, rounded down: "2 h 05 min", "12 min", "40 s".
 *
 * @param {number} seconds not negative
 * @param {Object} [options]
 * @param {boolean} [options.withSeconds=false] for a countdown: "2 h 05 min 09 s"
 * @param {boolean} [options.isShort=false] without minutes from ten hours on: "17 h"
 * @returns {string}
 */
export function formatDuration(seconds, { withSeconds = false, isShort = false } = {}) {
    const total = Math.max(0, Math.floor(seconds));
    const h = Math.floor(total / 3600);
    const m = Math.floor((total % 3600) / 60);
    const s = total % 60;
    if (h >= 10 && isShort) {
        return `${h} ${_t("h")}`;
    }
    if (h) {
        const text = `${h} ${_t("h")} ${pad(m)} ${_t("min")}`;
        return withSeconds ? `${text} ${pad(s)} ${_t("s")}` : text;
    }
    if (m) {
        const text = `${m} ${_t("min")}`;
        return withSeconds ? `${text} ${pad(s)} ${_t("s")}` : text;
    }
    return total || withSeconds ? `${s} ${_t("s")}` : `0 ${_t("min")}`;
}

/**
 * A target in words: "15 min", "2 h", "1 h 30 min".
 *
 * @param {number} minutes
 * @returns {string}
 */
export function formatTarget(minutes) {
    const h = Math.floor(minutes / 60);
    const m = minutes % 60;
    const hours = `${h} ${_t("h")}`;
    if (!h) {
        return `${m} ${_t("min")}`;
    }
    return m ? `${hours} ${pad(m)} ${_t("min")}` : hours;
}

export class InvalidDuration extends Error {}

/**
 * Read what somebody typed as a target: "15", "15 min", "2h", "1h30", "2:30", "1.5 h".
 *
 * @param {string} text
 * @returns {number|false} minutes, or false for an empty text
 * @throws {InvalidDuration} with a message for the user
 */
export function parseTarget(text) {
    // Full-width digits and colons come from Chinese input methods.
    const clean = text.normalize("NFKC").trim().toLowerCase().replaceAll("’", "'");
    if (!clean) {
        return false;
    }
    const minutes = readMinutes(clean, text.trim());
    if (minutes < 1) {
        throw new InvalidDuration(
            _t("A target is at least one minute. Clear the cell if nothing is promised.")
        );
    }
    if (minutes > MAX_HOURS * 60) {
        throw new InvalidDuration(
            _t("A target is at most %s hours of service hours.", MAX_HOURS)
        );
    }
    return minutes;
}

function readMinutes(clean, text) {
    const withColon = clean.match(/^(\d+):([0-5]\d)$/);
    if (withColon) {
        return Number(withColon[1]) * 60 + Number(withColon[2]);
    }
    if (/^\d+$/.test(clean)) {
        return Number(clean);
    }
    const hourWords = [...HOUR_WORDS, String(_t("h"))];
    const minuteWords = [...MINUTE_WORDS, String(_t("min"))];
    const parts = [...clean.matchAll(/(\d+(?:[.,]\d+)?)\s*([^\d\s.,]*)\s*/gy)];
    if (parts.map((part) => part[0]).join("") !== clean) {
        throw notUnderstood(text);
    }
    if (parts.some((part) => DAY_WORDS.includes(part[2]))) {
        throw new InvalidDuration(
            _t(
                "“%s”: enter hours of the service hours, not days or weeks. Three days " +
                    "of nine service hours are 27 h.",
                text
            )
        );
    }
    let [hours, minutes] = parts;
    if (minuteWords.includes(hours[2])) {
        [hours, minutes] = [undefined, hours];
    } else if (!hourWords.includes(hours[2])) {
        throw notUnderstood(text);
    }
    // "1h30": minutes need no unit after hours, and hours with a fraction no minutes.
    const isWhole = !hours || /^\d+$/.test(hours[1]);
    const isUnderstood =
        parts.length === (hours ? 1 : 0) + (minutes ? 1 : 0) &&
        (!minutes ||
            (isWhole &&
                /^\d+$/.test(minutes[1]) &&
                ((hours && !minutes[2]) || minuteWords.includes(minutes[2]))));
    if (!isUnderstood) {
        throw notUnderstood(text);
    }
    const number = (part) => (part ? Number(part[1].replace(",", ".")) : 0);
    return Math.round(number(hours) * 60) + number(minutes);
}

function notUnderstood(text) {
    return new InvalidDuration(
        _t("“%s” is not a time. Write for example 15 min, 2 h, 1 h 30 min or 2:30.", text)
    );
}
