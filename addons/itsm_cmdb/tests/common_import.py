# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import csv
import io

from odoo.fields import Command

from .common import CmdbCommon


class ImportCommon(CmdbCommon):
    """A source of the class *T leaf* with columns of most types."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.source = cls._source("t_source", key_column="ID")

    @classmethod
    def _source(cls, code, columns=None, keys=("serial", "hostname"), **vals):
        """A source; *columns*: ``{heading: target or (target, vals)}``."""
        columns = columns or {
            "Name": "name",
            "Serial": "serial",
            "Host": "hostname",
            "CPU": "t_int",
            "Pick": "t_pick",
            "Bought": "purchase_date",
            "Owner": "owner_id",
        }
        lines = []
        for column, target in columns.items():
            target, more = target if isinstance(target, tuple) else (target, {})
            attribute = cls.attribute.get(target)
            lines.append(
                Command.create(
                    {
                        "column": column,
                        "target": "attribute" if attribute else target,
                        "attribute_id": attribute and attribute.id,
                        **more,
                    }
                )
            )
        source = cls.env["itsm.ci.source"].create(
            {
                "name": f"Source {code}",
                "code": code,
                "class_id": cls.class_leaf.id,
                "field_ids": lines,
                **vals,
            }
        )
        by_target = {line.target: line for line in source.field_ids}
        cls.env["itsm.ci.source.key"].create(
            [
                {
                    "source_id": source.id,
                    "sequence": place,
                    "field_ids": [Command.set(by_target[name].ids)],
                    "same_class": name == "name",
                }
                for place, name in enumerate(keys)
                if name in by_target
            ]
        )
        return source

    @classmethod
    def _csv(cls, rows, columns=None):
        """Rows (dicts) as a CSV file."""
        columns = columns or list(rows[0])
        stream = io.StringIO()
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
        return stream.getvalue().encode()

    @classmethod
    def _import(cls, data, source=None, user=None, check=True, **vals):
        """An import of bytes or rows, compared and – if *check* – not yet done."""
        if isinstance(data, list):
            data = cls._csv(data)
        record = (
            cls.env["itsm.ci.import"]
            .with_user(user or cls.ci_manager)
            .create(
                {
                    "source_id": (source or cls.source).id,
                    "file": base64.b64encode(data),
                    "filename": "t.csv",
                    **vals,
                }
            )
        )
        if check:
            record.action_check()
        return record

    @classmethod
    def _done(cls, data, source=None, **vals):
        """An import that is done."""
        record = cls._import(data, source, **vals)
        record.action_import()
        return record

    def _counts(self, record):
        return {
            name: record[f"{name}_count"]
            for name in ("new", "changed", "unchanged", "error", "ask", "skipped")
            if record[f"{name}_count"]
        }

    def _messages(self, record, kind="error"):
        lines = record.line_ids.filtered(lambda line: line.kind == kind)
        return [(line.row, line.message) for line in lines.sorted("row")]

    def _item(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["itsm.ci"].search(domain)
