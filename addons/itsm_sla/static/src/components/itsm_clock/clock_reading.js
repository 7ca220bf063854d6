// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { deserializeDateTime } from "@web/core/l10n/dates";

/** Differences between the two clocks that may be the way through the network. */
const TOLERATED_SKEW = 5;

/**
 * How far the server's clock is ahead of the browser's, in seconds.
 *
 * A browser whose clock is wrong must not show tickets as late that are not.
 *
 * @param {Object} summary the value of the field
 * @param {number} second the browser's second in which the value came
 * @returns {number}
 */
export function clockSkew(summary, second) {
    if (!summary.now) {
        return 0;
    }
    const skew = deserializeDateTime(summary.now).toSeconds() - second;
    return Math.abs(skew) > TOLERATED_SKEW ? skew : 0;
}

/**
 * Where a clock stands at a moment, by what the server has sent.
 *
 * The server sends the working seconds used when it answered and the working
 * intervals from then on: between them the clock stands still. Whether it is late
 * follows from the deadline and the moment, not from the status at sending.
 *
 * @param {Object} clock one element of `clocks` of the field's value
 * @param {number} now seconds since 1970 (UTC)
 * @returns {{
 *  status: string,
 *  isPaused: boolean,
 *  used: number, left: number, overrun: number, percent: number,
 *  isWorking: boolean, worksUntil: number|false, resumesAt: number|false,
 *  isUnknown: boolean,
 * }} all durations in working seconds; `isUnknown`: the intervals reach no further
 */
export function readClock(clock, now) {
    const isRunning = clock.phase === "running";
    const intervals = isRunning ? clock.intervals : [];
    let used = clock.used;
    let interval = null;
    let next = null;
    for (const [start, stop] of intervals) {
        if (now >= stop) {
            used += stop - start;
        } else if (now >= start) {
            used += now - start;
            interval = [start, stop];
        } else if (!next) {
            next = start;
        }
    }
    const isLate = Boolean(
        clock.breached || (isRunning && clock.deadline && now > clock.deadline)
    );
    let status = "running";
    if (clock.exempt || clock.status === "exempt") {
        status = "exempt";
    } else if (["cancelled", "handed_over"].includes(clock.phase)) {
        status = clock.phase;
    } else if (clock.phase === "stopped") {
        status = isLate ? "missed" : "met";
    } else if (isLate) {
        status = "breached";
    } else if (clock.phase === "paused") {
        status = "paused";
    } else if (clock.at_risk && now >= clock.at_risk) {
        status = "at_risk";
    }
    const overrun = Math.max(0, used - clock.target);
    return {
        status,
        isPaused: clock.phase === "paused",
        used,
        left: Math.max(0, clock.target - used),
        overrun: isLate ? Math.max(overrun, clock.overrun || 0) : 0,
        percent: clock.target ? Math.min(100, (used / clock.target) * 100) : 0,
        isWorking: Boolean(interval),
        // The last interval may be cut: when it ends is not known.
        worksUntil: interval && next ? interval[1] : false,
        resumesAt: next || false,
        isUnknown: isRunning && !interval && !next,
    };
}

/** The statuses, the most urgent first. */
const URGENCY = [
    "breached",
    "at_risk",
    "running",
    "paused",
    "missed",
    "met",
    "handed_over",
    "cancelled",
    "exempt",
];

/**
 * The most urgent of several clocks, in the order in which they came.
 *
 * @param {{status: string, left: number}[]} readings
 * @param {number} count
 */
export function mostUrgent(readings, count) {
    const rank = ({ status }) => URGENCY.indexOf(status);
    const chosen = new Set(
        [...readings].sort((a, b) => rank(a) - rank(b) || a.left - b.left).slice(0, count)
    );
    return readings.filter((reading) => chosen.has(reading));
}
