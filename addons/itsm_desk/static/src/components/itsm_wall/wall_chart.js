// Copyright 2026 The ITSM for Odoo maintainers
// License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import { loadBundle } from "@web/core/assets";

import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";

/**
 * Bars of several series side by side, by Odoo's Chart.js. The series differ by their
 * fill besides their colour; whoever cannot see them reads the table below.
 */
export class WallChart extends Component {
    static template = "itsm_desk.WallChart";
    static props = {
        labels: { type: Array, element: String },
        series: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    label: String,
                    color: String,
                    isHollow: Boolean,
                    counts: { type: Array, element: Number },
                },
            },
        },
        ink: String,
        describe: String,
        onPick: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify([this.props.labels, this.props.series, this.props.ink])]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get config() {
        const { ink } = this.props;
        const axis = { ticks: { color: ink, font: { size: 16 } }, grid: { color: `${ink}33` } };
        return {
            type: "bar",
            data: {
                labels: this.props.labels,
                datasets: this.props.series.map(({ label, color, isHollow, counts }) => ({
                    label,
                    data: counts,
                    backgroundColor: isHollow ? "transparent" : color,
                    borderColor: color,
                    borderWidth: 3,
                })),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                onClick: (ev, elements) => {
                    if (elements.length) {
                        this.props.onPick(elements[0].index, elements[0].datasetIndex);
                    }
                },
                plugins: { legend: { labels: { color: ink, font: { size: 18 } } } },
                scales: {
                    x: axis,
                    y: { ...axis, beginAtZero: true, ticks: { ...axis.ticks, precision: 0 } },
                },
            },
        };
    }

    draw() {
        this.chart?.destroy();
        this.chart = new Chart(this.canvas.el, this.config); // eslint-disable-line no-undef
    }
}
