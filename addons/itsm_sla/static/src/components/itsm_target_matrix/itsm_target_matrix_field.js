// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { _t } from "@web/core/l10n/translation";
import { x2ManyCommands } from "@web/core/orm_service";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, onWillRender, useRef, useState } from "@odoo/owl";

import { formatPromise, InvalidDuration, parseTarget } from "../duration";

/** What teams and suppliers can promise too; the others are for customers. */
const LEG_METRICS = ["response", "resolution"];
const VALUES = ["minutes", "days", "day_hour"];

/**
 * The targets of an agreement in one matrix: a row per priority, a column per ticket
 * kind and metric. A cell without text is no target, and no record.
 */
export class ItsmTargetMatrixField extends Component {
    static template = "itsm_sla.ItsmTargetMatrixField";
    static props = { ...standardFieldProps };

    setup() {
        this.notification = useService("notification");
        this.ui = useService("ui");
        this.root = useRef("root");
        // What is typed and not in the record: being typed, or not understood.
        this.drafts = {};
        this.state = useState({ errors: {}, isMore: false });
        this.mutex = new Mutex();
        this.pending = 0;
        const { bus } = this.props.record.model;
        useBus(bus, "NEED_LOCAL_CHANGES", (ev) => ev.detail.proms.push(this.commitAll()));
        useBus(bus, "WILL_SAVE_URGENTLY", () => this.commitUrgently());
        onWillRender(() => this.dropDiscarded());
    }

    // --- What is shown ---------------------------------------------------------------

    get list() {
        return this.props.record.data[this.props.name];
    }

    options(fieldName) {
        return this.list.fields[fieldName].selection || [];
    }

    get kinds() {
        return this.options("itsm_kind");
    }

    /** Seldom used ones take a column only if something is promised. */
    get metrics() {
        return this.options("metric").filter(
            ([metric]) =>
                LEG_METRICS.includes(metric) ||
                (this.state.isMore && this.isForCustomer) ||
                this.isUsed(metric)
        );
    }

    get isForCustomer() {
        return this.props.record.data.kind === "sla";
    }

    get canShowMore() {
        return (
            !this.props.readonly &&
            this.isForCustomer &&
            this.metrics.length < this.options("metric").length
        );
    }

    isUsed(metric) {
        return (
            this.list.records.some((record) => record.data.metric === metric) ||
            Object.keys(this.drafts).some((key) => cellValues(key).metric === metric)
        );
    }

    /** Highest first: the keys of the selection grow with the priority. */
    get priorities() {
        return [...this.options("priority")].reverse();
    }

    /** Kinds side by side; without room for it one table for each. */
    get blocks() {
        const { kinds, metrics } = this;
        const isWide = this.ui.isSmall || metrics.length > LEG_METRICS.length;
        const groups = isWide ? kinds.map((kind) => [kind]) : [kinds];
        return groups.map((group) => ({
            kinds: group,
            columns: group.flatMap((kind) =>
                metrics.map((metric, index) => ({ kind, metric, isFirst: !index }))
            ),
        }));
    }

    row(key) {
        return this.list.records.find((record) => cellKey(record.data) === key);
    }

    /** What a cell promises: minutes, or working day and time; false for nothing. */
    promise(key) {
        const row = this.row(key);
        return row ? pick(row.data) : false;
    }

    text(key) {
        return key in this.drafts ? this.drafts[key] : this.modelText(key);
    }

    modelText(key) {
        return formatPromise(this.promise(key) || {});
    }

    /** What a row of the table shows: one element per column. */
    cells(priority, columns) {
        return columns.map(({ kind, metric, isFirst }) => {
            const key = cellKey({
                itsm_kind: kind[0],
                priority: priority[0],
                metric: metric[0],
            });
            const error = this.state.errors[key] || "";
            return {
                key,
                isFirst,
                error,
                column: `${kind[0]}|${metric[0]}`,
                text: this.text(key),
                warning: error ? "" : this.warning(kind[0], priority[0], metric[0]),
                label: `${kind[1]}, ${priority[1]}, ${metric[1]}`,
            };
        });
    }

    warning(kind, priority, metric) {
        if (metric === "response" && this.isResponseLate(kind, priority)) {
            return _t("The response is promised later than the resolution.");
        }
        return "";
    }

    /** Minutes with minutes, days with days: the rest depends on the calendar. */
    isResponseLate(kind, priority) {
        const of = (metric) =>
            this.promise(cellKey({ itsm_kind: kind, priority, metric }));
        const [response, resolution] = [of("response"), of("resolution")];
        if (!response || !resolution || !response.days !== !resolution.days) {
            return false;
        }
        return response.days
            ? dayOrder(response) > dayOrder(resolution)
            : response.minutes > resolution.minutes;
    }

    get warnings() {
        const warnings = [];
        const isAnyLate = this.kinds.some(([kind]) =>
            this.priorities.some(([priority]) => this.isResponseLate(kind, priority))
        );
        if (isAnyLate) {
            warnings.push(
                _t("A response is promised later than the resolution of the same priority.")
            );
        }
        if (!this.isForCustomer && this.metrics.length > LEG_METRICS.length) {
            const labels = this.metrics
                .filter(([metric]) => !LEG_METRICS.includes(metric))
                .map(([, label]) => label);
            warnings.push(
                _t("Promised to customers only, clear these columns: %s.", labels.join(", "))
            );
        }
        return warnings;
    }

    get errors() {
        return Object.values(this.state.errors);
    }

    get canCopy() {
        const kinds = this.kinds.map(([kind]) => kind);
        return (
            !this.props.readonly &&
            kinds.includes("incident") &&
            kinds.includes("request") &&
            this.list.records.some((record) => record.data.itsm_kind === "incident")
        );
    }

    // --- Typing ----------------------------------------------------------------------

    onInput(key, ev) {
        this.drafts[key] = ev.target.value;
        this.props.record.model.bus.trigger("FIELD_IS_DIRTY", true);
    }

    /** Not on change: what is typed back to what it was is no change to a browser. */
    onBlur(key) {
        return key in this.drafts && this.commit(key);
    }

    onFocus(ev) {
        ev.target.select();
    }

    onKeydown(key, ev) {
        if (ev.isComposing) {
            return; // Enter chooses a word of an input method
        }
        switch (ev.key) {
            case "Enter":
                this.commit(key);
                this.focusBeside(ev.target, ev.shiftKey ? -1 : 1);
                break;
            case "ArrowDown":
                this.focusBeside(ev.target, 1);
                break;
            case "ArrowUp":
                this.focusBeside(ev.target, -1);
                break;
            case "Escape":
                if (!(key in this.drafts)) {
                    return; // the form may discard
                }
                ev.stopPropagation();
                this.forget(key);
                ev.target.value = this.modelText(key);
                break;
            default:
                return;
        }
        ev.preventDefault();
    }

    /** Down or up a column, and on to the next one at its end. */
    focusBeside(input, step) {
        const inputs = [...this.root.el.querySelectorAll("input")];
        const columns = new Map();
        for (const element of inputs) {
            const { column } = element.dataset;
            columns.set(column, [...(columns.get(column) || []), element]);
        }
        const order = [...columns.values()].flat();
        order[order.indexOf(input) + step]?.focus();
    }

    // --- Into the record -------------------------------------------------------------

    /** Take over one cell; what is not understood stays as it was typed. */
    commit(key) {
        return this.mutex.exec(() => this.store(this.understand([key])));
    }

    commitAll() {
        return this.mutex.exec(() => this.store(this.understand(Object.keys(this.drafts))));
    }

    commitUrgently() {
        // The page is closing: nothing can be waited for, so not by the list's mutex.
        const commands = this.understand(Object.keys(this.drafts), { silent: true });
        if (commands.length) {
            this.list._applyCommands(commands);
            this.props.record.update({ [this.props.name]: [] });
        }
    }

    /**
     * @param {string[]} keys cells that were typed in
     * @returns {Array} commands for the list, for those that are understood
     */
    understand(keys, { silent = false } = {}) {
        const commands = [];
        for (const key of keys) {
            if (!(key in this.drafts)) {
                continue;
            }
            const text = this.drafts[key];
            try {
                const promise = parseTarget(text);
                this.forget(key);
                commands.push(...this.commands(key, promise));
            } catch (error) {
                if (!(error instanceof InvalidDuration)) {
                    throw error;
                }
                if (!silent && this.state.errors[key] !== error.message) {
                    this.notification.add(error.message, { type: "danger" });
                }
                this.state.errors[key] = error.message;
            }
        }
        return commands;
    }

    commands(key, promise) {
        const row = this.row(key);
        const id = row && (row.resId || row._virtualId);
        if (!promise) {
            return row ? [x2ManyCommands.delete(id)] : [];
        }
        const before = row ? pick(row.data) : pick({});
        const names = VALUES.filter((name) => promise[name] !== before[name]);
        if (!names.length) {
            return [];
        }
        const values = Object.fromEntries(names.map((name) => [name, promise[name]]));
        if (!row) {
            return [[x2ManyCommands.CREATE, false, { ...cellValues(key), ...values }]];
        }
        return [x2ManyCommands.update(id, values)];
    }

    async store(commands) {
        this.pending++;
        try {
            if (commands.length) {
                await this.list.applyCommands(commands);
            }
        } finally {
            this.pending--;
        }
        const { record, name } = this.props;
        if (this.errors.length) {
            // Also again after a valid change, which takes the mark of the field away.
            await record.setInvalidField(name);
        } else if (record.isFieldInvalid(name)) {
            await record.resetFieldValidity(name);
        }
        record.model.bus.trigger("FIELD_IS_DIRTY", Object.keys(this.drafts).length > 0);
        this.render();
    }

    /** The columns of what is promised seldom. */
    showMore() {
        this.state.isMore = true;
    }

    forget(key) {
        delete this.drafts[key];
        delete this.state.errors[key];
    }

    /** After "Discard" the record is valid again: what was not understood goes too. */
    dropDiscarded() {
        const { record, name } = this.props;
        if (this.pending || !this.errors.length || record.isFieldInvalid(name)) {
            return;
        }
        for (const key of Object.keys(this.state.errors)) {
            this.forget(key);
        }
    }

    /** The request gets the same promises as the incident; Discard undoes it. */
    async copyIncidentTargets() {
        await this.commitAll();
        return this.mutex.exec(() => {
            const commands = [];
            for (const [priority] of this.priorities) {
                for (const [metric] of this.metrics) {
                    const key = (kind) => cellKey({ itsm_kind: kind, priority, metric });
                    this.forget(key("request"));
                    const promise = this.promise(key("incident"));
                    commands.push(...this.commands(key("request"), promise));
                }
            }
            return this.store(commands);
        });
    }
}

function cellKey({ itsm_kind, priority, metric }) {
    return `${itsm_kind}|${priority}|${metric}`;
}

function cellValues(key) {
    const [itsm_kind, priority, metric] = key.split("|");
    return { itsm_kind, priority, metric };
}

/** The values of a promise, with zero for what it does not use. */
function pick(values) {
    return Object.fromEntries(VALUES.map((name) => [name, values[name] || 0]));
}

/** Orders promises by working day: hours since the midnight of day 0. */
function dayOrder({ days, day_hour }) {
    return days * 24 + day_hour;
}

export const itsmTargetMatrixField = {
    component: ItsmTargetMatrixField,
    displayName: _t("Target matrix"),
    supportedTypes: ["one2many"],
    useSubView: true,
    fieldDependencies: [{ name: "kind", type: "selection" }],
    isEmpty: () => false,
};

registry.category("fields").add("itsm_target_matrix", itsmTargetMatrixField);
