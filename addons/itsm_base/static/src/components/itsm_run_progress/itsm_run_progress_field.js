// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, useEffect, useState } from "@odoo/owl";

/** States in which the server works on a run. */
export const ACTIVE_STATES = ["waiting", "running", "undoing"];
/** Milliseconds between two looks. */
export const PACE = 2000;

/**
 * How far a run is; looks again by itself as long as the run works.
 *
 * Only the figures are read meanwhile. When the run ends the record is loaded again, so
 * that buttons and log are those of its new state.
 */
export class ItsmRunProgressField extends Component {
    static template = "itsm_base.ItsmRunProgressField";
    static props = {
        ...standardFieldProps,
        stateField: { type: String, optional: true },
        doneField: { type: String, optional: true },
        totalField: { type: String, optional: true },
    };
    static defaultProps = {
        stateField: "state",
        doneField: "done",
        totalField: "total",
    };

    setup() {
        this.orm = useService("orm");
        // What was read since the record was loaded.
        this.seen = useState({ values: null });
        useEffect(
            () => {
                this.seen.values = null;
            },
            () => [this.props.record.resId, this.recordValues.state]
        );
        useEffect(
            (resId, working) => {
                if (!resId || !working) {
                    return;
                }
                let stopped = false;
                let timer = null;
                const look = async () => {
                    let goOn = false;
                    try {
                        goOn = await this.look(resId);
                    } finally {
                        // After an error nobody looks again: one message is enough.
                        if (goOn && !stopped) {
                            timer = browser.setTimeout(look, PACE);
                        }
                    }
                };
                timer = browser.setTimeout(look, PACE);
                return () => {
                    stopped = true;
                    browser.clearTimeout(timer);
                };
            },
            () => [this.props.record.resId, ACTIVE_STATES.includes(this.recordValues.state)]
        );
    }

    get recordValues() {
        const { record, name, stateField, doneField, totalField } = this.props;
        return {
            progress: record.data[name] || 0,
            state: record.data[stateField],
            done: record.data[doneField] || 0,
            total: record.data[totalField] || 0,
        };
    }

    get values() {
        return this.seen.values || this.recordValues;
    }

    get width() {
        return Math.min(Math.max(this.values.progress, 0), 100);
    }

    get label() {
        const { state, done, total } = this.values;
        if (!state) {
            return "";
        }
        return total ? _t("%(done)s of %(total)s", { done, total }) : `${done}`;
    }

    /**
     * Read the figures once.
     *
     * @param {number} resId
     * @returns {Promise<boolean>} whether the run still works
     */
    async look(resId) {
        const { record, name, stateField, doneField, totalField } = this.props;
        const [row] = await this.orm.silent.read(
            record.resModel,
            [resId],
            [name, stateField, doneField, totalField]
        );
        if (!row || record.resId !== resId) {
            return false;
        }
        const before = this.values.state;
        const state = row[stateField];
        this.seen.values = {
            progress: row[name],
            state,
            done: row[doneField],
            total: row[totalField],
        };
        const working = ACTIVE_STATES.includes(state);
        // What the user has typed and not saved stays.
        if (state !== before && !record.dirty) {
            await record.load();
        }
        return working;
    }
}

export const itsmRunProgressField = {
    component: ItsmRunProgressField,
    displayName: _t("Progress of a run"),
    supportedTypes: ["float", "integer"],
    fieldDependencies: ({ options }) => [
        { name: options.state || "state", type: "selection", readonly: true },
        { name: options.done || "done", type: "integer", readonly: true },
        { name: options.total || "total", type: "integer", readonly: true },
    ],
    extractProps: ({ options }) => ({
        stateField: options.state || "state",
        doneField: options.done || "done",
        totalField: options.total || "total",
    }),
};

registry.category("fields").add("itsm_run_progress", itsmRunProgressField);
