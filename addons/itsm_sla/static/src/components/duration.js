// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { _t } from "@web/core/l10n/translation";

/**
 * Promises as people read and write them: "15 min", "2 h", "1 h 05 min", or a working
 * day with its time, "4 d 16:00".
 */

/** No target is longer: a year around the clock. */
export const MAX_HOURS = 8760;
export const MAX_DAYS = 250;

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
    "wd",
    "working day",
    "working days",
    "workday",
    "workdays",
    "business day",
    "business days",
    "天",
    "日",
    "工作日",
    "工作天",
];
const WEEK_WORDS = ["w", "week", "weeks", "周", "星期"];

// "16:00", "4:00 pm", "4 pm", "16点", "16点30分"
const TIME = String.raw`(?<hour>\d{1,2})(?::(?<minute>\d{2})|(?<mark>[点點时時])(?:(?<more>\d{1,2})分?)?)?\s*(?<half>am|pm)?`;
const BETWEEN = "[,，、]|by|until|till|at|于|的";

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

/**
 * What a cell of the matrix promises, in words: "2 h", "workday 4, 16:00".
 *
 * @param {Object} values `minutes`, or `days` and `day_hour` (hours since midnight)
 * @returns {string}
 */
export function formatPromise({ minutes, days, day_hour }) {
    if (days) {
        const minute = Math.round((day_hour || 0) * 60);
        return formatDay(days, `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`);
    }
    return minutes ? formatTarget(minutes) : "";
}

/**
 * @param {number|string} days the n-th working day after the day of the start
 * @param {string} time "16:00"
 */
export function formatDay(days, time) {
    return _t("workday %(days)s, %(time)s", { days, time });
}

export class InvalidDuration extends Error {}

/**
 * Read what somebody typed as a target: "15", "15 min", "2h", "1h30", "2:30", "1.5 h",
 * "4d 16:00", "第4个工作日16:00".
 *
 * @param {string} text
 * @returns {{minutes: number, days: number, day_hour: number}|false} false for an
 *  empty text
 * @throws {InvalidDuration} with a message for the user
 */
export function parseTarget(text) {
    // Full-width digits and colons come from Chinese input methods.
    const clean = text.normalize("NFKC").trim().toLowerCase().replaceAll("’", "'");
    if (!clean) {
        return false;
    }
    const day = readDay(clean, text.trim());
    if (day) {
        return { minutes: 0, ...day };
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
    return { minutes, days: 0, day_hour: 0 };
}

/** The forms in which a working day with its time is written; also as it is shown. */
function dayPatterns() {
    const unit = DAY_WORDS.map((word) => word.replace(" ", "\\s+")).join("|");
    const [days, time] = ["\u0001", "\u0002"];
    const shown = formatDay(days, time)
        .toLowerCase()
        .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll(" ", "\\s*")
        .replace(days, "(?<days>\\d+)")
        .replace(time, TIME);
    return [
        String.raw`第?\s*(?<days>\d+)(?:st|nd|rd|th|\.)?\s*[个個]?\s*(?:${unit})\s*(?:${BETWEEN})?\s*${TIME}(?:之?前)?`,
        String.raw`(?:${unit})\s*(?<days>\d+)(?:\s*(?:${BETWEEN})\s*|\s+)${TIME}`,
        shown,
    ].map((pattern) => new RegExp(`^${pattern}$`));
}

/**
 * @returns {{days: number, day_hour: number}|false} false if it is no working day
 */
function readDay(clean, text) {
    for (const pattern of dayPatterns()) {
        const found = clean.match(pattern)?.groups;
        if (!found) {
            continue;
        }
        if (!found.minute && !found.mark && !found.half) {
            throw dayWithoutTime(text); // "4d 16": hours, or four o'clock?
        }
        const minute = Number(found.minute || found.more || 0);
        return {
            days: checkDays(Number(found.days), text),
            day_hour: readTime(Number(found.hour), minute, found.half, text),
        };
    }
    return false;
}

function checkDays(days, text) {
    if (days < 1 || days > MAX_DAYS) {
        throw new InvalidDuration(
            _t(
                "“%(text)s”: the working day lies between 1 and %(max)s. For the day of the " +
                    "start itself write hours.",
                { text, max: MAX_DAYS }
            )
        );
    }
    return days;
}

/** Hours since midnight. */
function readTime(hour, minute, half, text) {
    const isHour = half ? hour >= 1 && hour <= 12 : hour <= 24;
    const total = (half ? (hour % 12) + (half === "pm" ? 12 : 0) : hour) * 60 + minute;
    if (!isHour || minute > 59 || !total || total > 24 * 60) {
        throw new InvalidDuration(
            _t("“%s”: the time of day lies between 00:01 and 24:00.", text)
        );
    }
    return total / 60;
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
    if (parts.some((part) => [...DAY_WORDS, ...WEEK_WORDS].includes(part[2]))) {
        throw dayWithoutTime(text);
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

function dayWithoutTime(text) {
    return new InvalidDuration(
        _t(
            "“%s”: days need the time of day until which it is promised, such as " +
                "3 d 16:00. Or write service hours: three days of nine hours are 27 h.",
            text
        )
    );
}

function notUnderstood(text) {
    return new InvalidDuration(
        _t(
            "“%s” is not a time. Write for example 15 min, 2 h, 1 h 30 min or 2:30, or a " +
                "working day with its time, such as 4 d 16:00.",
            text
        )
    );
}
