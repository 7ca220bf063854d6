// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, toRaw } from "@odoo/owl";

import { formatDay, formatDuration, formatTarget } from "../duration";
import { currentSecond, useNow } from "../ticker";
import { clockSkew, mostUrgent, readClock } from "./clock_reading";

const { DateTime } = luxon;

const FORM_PACE = 1000;
const OVERVIEW_PACE = 30000;

const COLORS = {
    running: "info",
    at_risk: "warning",
    breached: "danger",
    paused: "secondary",
    met: "success",
    missed: "danger",
    handed_over: "secondary",
    cancelled: "secondary",
    exempt: "secondary",
};
const ICONS = {
    response: "fa-comment-o",
    resolution: "fa-wrench",
    update: "fa-bullhorn",
    emergency: "fa-bolt",
};
/** How many clocks a list or card shows; the others are counted. */
const CHIPS = 2;

function statusLabel(status) {
    return {
        running: _t("Running"),
        at_risk: _t("At risk"),
        breached: _t("Breached"),
        paused: _t("Paused"),
        met: _t("Met"),
        missed: _t("Missed"),
        handed_over: _t("Handed over"),
        cancelled: _t("Cancelled"),
        exempt: _t("Exempt"),
    }[status];
}

/**
 * A moment in the zone in which the client shows all times, as short as it is clear:
 * "today 14:30", "Mon 08:30", or date and time.
 *
 * @param {number} second seconds since 1970 (UTC)
 * @param {number} now the present second
 * @returns {string}
 */
export function formatMoment(second, now) {
    const moment = DateTime.fromSeconds(second);
    const time = toLocaleDateTimeString(moment, { showDate: false, showTime: true });
    const days = moment
        .startOf("day")
        .diff(DateTime.fromSeconds(now).startOf("day"), "days").days;
    if (Math.round(days) === 0) {
        return _t("today %s", time);
    }
    if (Math.abs(days) < 6.5) {
        return `${moment.toFormat("ccc")} ${time}`;
    }
    return toLocaleDateTimeString(moment);
}

function endText(clock, moment) {
    if (clock.phase !== "stopped") {
        return clock.phase === "handed_over"
            ? _t("handed over %s", moment)
            : _t("cancelled %s", moment);
    }
    switch (clock.metric) {
        case "resolution":
            return _t("solved %s", moment);
        case "emergency":
            return _t("started %s", moment);
    }
    return _t("ended %s", moment);
}

/** What is promised: working time, or a working day with its time of day. */
function targetText(clock) {
    if (clock.promise) {
        return formatDay(...clock.promise.split("@"));
    }
    return formatTarget(Math.round(clock.target / 60));
}

/**
 * The service level clocks of a ticket: one bar each, with a live countdown.
 *
 * The countdown is in working time: outside service hours it stands still and says
 * when it goes on.
 */
export class ItsmClockField extends Component {
    static template = "itsm_sla.ItsmClockField";
    static props = { ...standardFieldProps };
    static pace = FORM_PACE;

    setup() {
        this.action = useService("action");
        this.now = useNow(this.constructor.pace, () =>
            this.summary.clocks.some((clock) => clock.phase === "running")
        );
        this.skews = new WeakMap();
    }

    get summary() {
        const summary = toRaw(this.props.record.data[this.props.name]);
        return summary?.clocks ? summary : { clocks: [], reason: "" };
    }

    get second() {
        const summary = this.summary;
        if (!this.skews.has(summary)) {
            this.skews.set(summary, clockSkew(summary, currentSecond()));
        }
        // A value that has just come is read at the present, not at the last tick.
        return Math.max(this.now.second, currentSecond()) + this.skews.get(summary);
    }

    get reason() {
        return this.summary.reason || _t("No clock: older than service levels");
    }

    get clocks() {
        const now = this.second;
        return this.summary.clocks.map((clock) => this.describe(clock, now));
    }

    /**
     * Everything the templates show of one clock.
     */
    describe(clock, now) {
        const reading = readClock(clock, now);
        const isTicking = reading.isWorking && this.constructor.pace === FORM_PACE;
        const main = this.mainText(clock, reading, now, isTicking);
        const label = statusLabel(reading.status);
        const isPaused = reading.isPaused && reading.status === "breached";
        const due = this.dueText(clock, reading, now);
        const note = this.noteText(clock, reading, now);
        return {
            ...reading,
            id: clock.id,
            metric: clock.metric,
            label: clock.label,
            icon: ICONS[clock.metric] || "fa-clock-o",
            color: COLORS[reading.status],
            statusLabel: isPaused ? _t("%s, paused", label) : label,
            main,
            short: this.shortText(reading),
            isAsleep: Boolean(!reading.isWorking && reading.resumesAt),
            isOpen: ["running", "at_risk", "paused"].includes(reading.status),
            due,
            usage: _t("%(used)s of %(target)s", {
                used: formatDuration(reading.used),
                target: targetText(clock),
            }),
            note,
            // One clock in a sentence, for screen readers and the tooltip.
            sentence: [
                `${clock.label}: ${label}`,
                isTicking ? this.mainText(clock, reading, now, false) : main,
                due,
                note,
            ]
                .filter(Boolean)
                .join(", "),
        };
    }

    mainText(clock, reading, now, withSeconds) {
        const left = formatDuration(reading.left, { withSeconds });
        const over = formatDuration(reading.overrun, { withSeconds });
        switch (reading.status) {
            case "met":
                return _t("%s to spare", formatDuration(reading.left));
            case "missed":
                return _t("%s over the target", formatDuration(reading.overrun));
            case "handed_over":
                return _t("%s to spare", formatDuration(reading.left));
            case "cancelled":
            case "exempt":
                return _t("does not count");
            case "paused":
                return _t("paused, %s left", left);
            case "breached":
                if (reading.overrun) {
                    return _t("%s over the target", over);
                }
                return reading.left ? _t("%s left now", left) : _t("deadline passed");
        }
        return _t("%s left", left);
    }

    shortText(reading) {
        const duration = (seconds) => formatDuration(seconds, { isShort: true });
        switch (reading.status) {
            case "met":
            case "handed_over":
            case "cancelled":
            case "exempt":
                return statusLabel(reading.status);
            case "missed":
            case "breached":
                return reading.overrun
                    ? _t("%s over", duration(reading.overrun))
                    : statusLabel(reading.status);
        }
        return duration(reading.left);
    }

    dueText(clock, reading, now) {
        if (clock.stopped) {
            const moment = formatMoment(clock.stopped, now);
            return endText(clock, moment);
        }
        if (reading.status === "exempt") {
            return "";
        }
        if (clock.deadline) {
            const moment = formatMoment(clock.deadline, now);
            return now > clock.deadline ? _t("was due %s", moment) : _t("due %s", moment);
        }
        return reading.isPaused ? _t("no deadline") : "";
    }

    noteText(clock, reading, now) {
        if (reading.isUnknown) {
            return _t("reload the page to count on");
        }
        if (clock.phase !== "running") {
            return "";
        }
        if (!reading.isWorking) {
            return _t(
                "outside service hours, resumes %s",
                formatMoment(reading.resumesAt, now)
            );
        }
        return reading.worksUntil
            ? _t("service hours until %s", formatMoment(reading.worksUntil, now))
            : "";
    }

    /** Open the clock: its intervals, and why this target holds. */
    openClock(clock) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "itsm.clock",
            res_id: clock.id,
            views: [[false, "form"]],
        });
    }
}

/** The same in a line, for lists and cards. */
export class ItsmClockCompactField extends ItsmClockField {
    static template = "itsm_sla.ItsmClockCompactField";
    static pace = OVERVIEW_PACE;

    /** The most urgent clocks, and the sentences of the others. */
    get shown() {
        const { clocks } = this;
        const chips = mostUrgent(clocks, CHIPS);
        const others = clocks.filter((clock) => !chips.includes(clock));
        return { chips, others: others.map((clock) => clock.sentence) };
    }
}

export const itsmClockField = {
    component: ItsmClockField,
    displayName: _t("Service level clocks"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

export const itsmClockCompactField = {
    ...itsmClockField,
    component: ItsmClockCompactField,
    listViewWidth: [340, 390],
};

registry.category("fields").add("itsm_clock", itsmClockField);
registry.category("fields").add("list.itsm_clock", itsmClockCompactField);
registry.category("fields").add("kanban.itsm_clock", itsmClockCompactField);
