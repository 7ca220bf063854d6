# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ItsmCommon


class Upload:
    """What a form sends for a file."""

    def __init__(self, filename, content):
        self.filename = filename
        self._stream = io.BytesIO(content)

    def read(self, size=-1):  # pylint: disable=method-required-super
        return self._stream.read(size)


@tagged("post_install", "-at_install")
class TestQuestion(ItsmCommon):
    def _ask(self, kind, service=None, **vals):
        if kind == "selection":
            vals.setdefault(
                "option_ids",
                [
                    Command.create({"name": "Red", "code": "r"}),
                    Command.create({"name": "Blue", "code": "b"}),
                ],
            )
        return self.env["itsm.question"].create(
            {
                "service_id": (service or self.offering).id,
                "name": "Q",
                "code": "q",
                "kind": kind,
                **vals,
            }
        )

    def _check(self, raw):
        return self.offering._itsm_check_answers({"q": raw})

    def test_kinds(self):
        """CAT-07, design 5: right answers are kept typed; wrong ones are refused."""
        cases = {
            "char": (
                [("  Ada ", "Ada"), ("x" * 255, "x" * 255)],
                ["x" * 256, "a\x00b", 5, ["a"]],
            ),
            "text": ([("a\r\nb", "a\nb")], ["y" * 10001, b"raw", {"a": 1}]),
            "integer": (
                [("12", 12), ("-3", -3), ("１２", 12), (7, 7), ("0", 0)],
                ["forty", "4.0", "1_000", "0x10", "1e3", True, 2.5, str(2**31)],
            ),
            "float": (
                [("2.5", 2.5), (".5", 0.5), ("0", 0.0), (3, 3.0)],
                ["nan", "inf", "1e5", "2,5", "1_0.0", True, float("nan"), 1e300],
            ),
            "date": (
                [
                    ("2026-02-28", date(2026, 2, 28)),
                    (date(2026, 1, 1), date(2026, 1, 1)),
                ],
                ["2026-02-30", "28.02.2026", "20260228", datetime(2026, 1, 1), 5],
            ),
            "boolean": (
                [("on", True), ("1", True), ("", False), (None, False), ("no", False)],
                ["maybe", "2", 2, ["on"]],
            ),
            "selection": ([("r", "r")], ["Red", "z", "r,b", 1, ["r"]]),
        }
        for kind, (good, bad) in cases.items():
            question = self._ask(kind)
            column = "char" if kind == "selection" else kind
            for raw, value in good:
                with self.subTest(kind=kind, raw=raw):
                    clean, errors = self._check(raw)
                    self.assertFalse(errors)
                    self.assertEqual(clean[0][f"value_{column}"], value)
                    self.assertEqual(clean[0]["question_id"], question.id)
            for raw in bad:
                with self.subTest(kind=kind, raw=raw):
                    clean, errors = self._check(raw)
                    self.assertEqual((clean, list(errors)), ([], ["q"]))
            question.unlink()

    def test_display(self):
        """CAT-07: what is shown is the option's name, yes or no, the date as read."""
        expected = {
            "selection": ("b", "Blue"),
            "boolean": ("on", "Yes"),
            "date": ("2026-03-31", "03/31/2026"),
            "float": ("2.50", "2.5"),
            "integer": ("12", "12"),
        }
        for kind, (raw, display) in expected.items():
            question = self._ask(kind)
            clean, _errors = self._check(raw)
            self.assertEqual(clean[0]["display"], display)
            question.unlink()

    def test_required(self):
        """CAT-07: a required answer is there; consent has to be a yes."""
        kinds = ("char", "text", "integer", "float", "date", "selection", "file")
        for kind in (*kinds, "boolean"):
            question = self._ask(kind, required=True)
            for raw in ("", None):
                self.assertIn("Q", self._check(raw)[1]["q"])
            self.assertIn("q", self.offering._itsm_check_answers({})[1])
            question.required = False
            self.assertFalse(self._check("")[1])
            question.unlink()

    @freeze_time("2026-03-10 12:00:00")
    def test_limits(self):
        """CAT-07: least and most: of numbers, characters, and days from today."""
        for kind, good, bad in (
            ("integer", ["2", "5"], ["1", "6"]),
            ("float", ["2", "4.999"], ["1.999", "5.001"]),
            ("char", ["ab", "abcde"], ["a", "abcdef"]),
            ("text", ["ab"], ["a"]),
            ("date", ["2026-03-12", "2026-03-15"], ["2026-03-11", "2026-03-16"]),
        ):
            question = self._ask(
                kind, has_minimum=True, minimum=2, has_maximum=True, maximum=5
            )
            for raw in good:
                self.assertFalse(self._check(raw)[1], (kind, raw))
            for raw in bad:
                self.assertTrue(self._check(raw)[1], (kind, raw))
            question.unlink()
        question = self._ask("integer", has_minimum=True, minimum=0)
        self.assertFalse(self._check("0")[1])
        self.assertTrue(self._check("-1")[1])

    @freeze_time("2026-03-10 12:00:00")
    def test_limit_is_said(self):
        """CAT-07: a number is more or less, a day is later or earlier."""
        for kind, raw, least, most in (
            ("integer", "3", "Q: 4 or more.", "Q: 2 or less."),
            (
                "date",
                "2026-03-13",
                "Q: 03/14/2026 or later.",
                "Q: 03/12/2026 or earlier.",
            ),
        ):
            question = self._ask(kind, has_minimum=True, minimum=4)
            self.assertEqual(self._check(raw)[1], {"q": least})
            question.write({"has_minimum": False, "has_maximum": True, "maximum": 2})
            self.assertEqual(self._check(raw)[1], {"q": most})
            question.unlink()

    def test_file(self):
        """CAT-07: files have a name and content, and are not too large."""
        question = self._ask("file", has_maximum=True, maximum=1)
        clean, errors = self._check(Upload("../../etc/plan.pdf", b"%PDF"))
        self.assertFalse(errors)
        self.assertEqual(clean[0]["value_file_name"], "plan.pdf")
        self.assertEqual(base64.b64decode(clean[0]["value_file"]), b"%PDF")
        self.assertFalse(self._check({"name": "a", "content": b"x" * 2**20})[1])
        for raw in (
            Upload("big.bin", b"x" * (2**20 + 1)),
            {"name": "big", "content": b"x" * (2**20 + 1)},
            Upload("empty.txt", b""),
            {"name": "a", "content": "text"},
            {"content": b"x"},
            "not a file",
            5,
        ):
            self.assertEqual(list(self._check(raw)[1]), ["q"])
        self.assertEqual(self._check(Upload("", b"")), ([], {}))
        question.required = True
        self.assertTrue(self._check(Upload("", b""))[1])

    def test_smuggling(self):
        """CAT-07: answers to questions of others, and to archived ones, are refused."""
        self._ask("char")
        self._ask("char", service=self.service, code="secret")
        archived = self._ask("char", code="old")
        archived.active = False
        clean, errors = self.offering._itsm_check_answers(
            {"q": "fine", "secret": "x", "old": "x", "price": "0", 7: "x"}
        )
        self.assertEqual(len(clean), 1)
        self.assertEqual(set(errors), {"secret", "old", "price", 7})

    def test_portal_user(self):
        """CAT-07: works in the name of a customer, who reads no question himself."""
        self._ask("selection")
        service = self.offering.with_user(self.portal_user)
        self.assertEqual(
            service._itsm_check_answers({"q": "r"})[0][0]["display"], "Red"
        )

    def test_definition(self):
        """CAT-07: impossible definitions are refused when they are written."""
        bad = (
            {"kind": "selection", "option_ids": []},
            {"kind": "integer", "has_minimum": True, "minimum": 3}
            | {"has_maximum": True, "maximum": 2},
            {"kind": "boolean", "has_minimum": True},
            {"kind": "selection", "has_maximum": True},
            {"kind": "file", "has_minimum": True},
            {"kind": "file", "has_maximum": True, "maximum": 11},
            {"kind": "char", "has_maximum": True, "maximum": 256},
            {"kind": "date", "has_maximum": True, "maximum": 10**9},
            {"code": "Not A Code"},
            {"code": "1x"},
        )
        for vals in bad:
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._ask(vals.pop("kind", "char"), **vals)
        self._ask("char")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self._ask("char")

    def test_codes(self):
        """CAT-07: codes are given by themselves, also to many at once."""
        questions = self.env["itsm.question"].create(
            [
                {"service_id": self.offering.id, "name": "A"},
                {"service_id": self.offering.id, "name": "B", "code": "q2"},
                {"service_id": self.offering.id, "name": "C"},
                {"service_id": self.service.id, "name": "D"},
            ]
        )
        self.assertEqual(questions.mapped("code"), ["q1", "q2", "q3", "q1"])

    def test_answered(self):
        """CAT-07: what answers are read by stays once there are answers."""
        question = self._ask("char")
        question.kind = "text"
        with patch.object(type(question), "_archive_kept", lambda records: records):
            for vals in (
                {"kind": "integer"},
                {"code": "other"},
                {"service_id": self.service.id},
            ):
                with self.assertRaisesRegex(UserError, "has answers"):
                    question.write(vals)
            question.write({"kind": "text", "name": "Better words"})
            with self.assertRaises(UserError):
                question.unlink()
            question.active = False
