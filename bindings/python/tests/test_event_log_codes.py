"""The package against codes.csv, and its docstrings' examples."""

import csv
import doctest
import inspect
import pickle
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import polars
import pyarrow
import pytest

import event_log_codes
from event_log_codes import DeviceOutcome, EventCode, codes, find, find_iter, lookup, status

CATALOGUE = Path(__file__).resolve().parents[3] / "codes.csv"
PROPERTIES = ["status", "section", "portal_text", "explanation", "corrective_action"]


@pytest.fixture(scope="module")
def rows():
    with open(CATALOGUE, newline="") as file:
        return list(csv.DictReader(file))


def documented():
    """The package and everything public in it."""
    public = [(name, getattr(event_log_codes, name)) for name in event_log_codes.__all__ if name != "__version__"]
    return [("event_log_codes", event_log_codes), *public]


@pytest.mark.parametrize("name, item", documented())
def test_docstrings(name, item):
    assert item.__doc__, f"{name} has no docstring"
    examples = doctest.DocTestParser().get_doctest(item.__doc__, vars(event_log_codes).copy(), name, None, None)
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples).failed == 0


def test_every_function_has_an_example():
    for name, item in documented():
        assert not inspect.isbuiltin(item) or ">>>" in item.__doc__, name


def test_stubs_name_what_there_is():
    stubs = (Path(event_log_codes.__file__).parent / "__init__.pyi").read_text()
    assert (Path(event_log_codes.__file__).parent / "py.typed").exists()
    for name, item in documented()[1:]:
        kind = "class" if inspect.isclass(item) else "def"
        assert f"{kind} {name}" in stubs
        for member in vars(item) if inspect.isclass(item) else []:
            assert member.startswith("__") or f"def {member}(" in stubs, f"{name}.{member} is not in the stubs"


def test_every_code(rows):
    assert [code.name for code in codes()] and len(codes()) == len(rows)
    for row in rows:
        code = lookup(row["code"])
        assert code == EventCode(row["code"]) == lookup(row["code"].encode())
        assert lookup(row["code"].lower()) is None
        assert lookup(row["code"].lower(), ignore_case=True) is code
        assert str(code) == code.name == row["code"]
        for name in PROPERTIES:
            assert getattr(code, name) == (row[name] or None), (row["code"], name)
        assert code.is_documented == (row["source"] == "document")
        assert code.is_roll_up == (row["code"] in {"SYS_111", "SYS_112"})
        assert code.family == row["code"].partition("_")[0]
        end = row["code"].rpartition("_")[2].replace("M", "-")
        assert code.number == (int(end) if end.lstrip("-").isdigit() else None)


def test_codes_are_values():
    code = lookup("UPD4_FAIL_303")
    assert pickle.loads(pickle.dumps(code)) == code and hash(EventCode("UPD4_FAIL_303")) == hash(code)
    assert code != "UPD4_FAIL_303" and code != lookup("SYS_111")
    assert sorted([lookup("SYS_111"), code]) == [code, lookup("SYS_111")]
    assert repr(code) == "EventCode('UPD4_FAIL_303')"
    with pytest.raises(AttributeError):
        code.status = "success"


def test_find_iter():
    haystack = b"\xff UPD4_FAIL_303\x00SYS_999;xSYS_111"
    found = [(match.start, match.end, match.text, match.code) for match in find_iter(haystack)]
    assert found == [(2, 15, "UPD4_FAIL_303", lookup("UPD4_FAIL_303")), (16, 23, "SYS_999", None)]
    assert list(find_iter(b"")) == []
    matches = find_iter(b"SYS_111 " * 10000)
    assert sum(match.code is lookup("SYS_111") for match in matches) == 10000
    for wrong in ["SYS_111", None, bytearray(b"SYS_111"), 1]:
        with pytest.raises(TypeError):
            find_iter(wrong)


@pytest.mark.parametrize("wrong", [1, None, ["SYS_111"], object()])
def test_wrong_types(wrong):
    with pytest.raises(TypeError, match="expected str or bytes, not "):
        lookup(wrong)
    with pytest.raises(TypeError):
        EventCode(wrong)


TEXTS = ["UPD4_FAIL_303", "SYS_112", "UPD4_FAIL_999", "", None, "x SYS_111 y", "é\ud800 SYS_113", "SYS_111"]


def test_lists(rows):
    names = [row["code"] for row in rows]
    for name in PROPERTIES:
        function = getattr(event_log_codes, name)
        assert function(names) == [row[name] or None for row in rows]
        assert function([]) == [] and function((None,)) == [None]
        assert function([text.encode() for text in names]) == function(names) == function(tuple(names))
    expected = ["UPD4_FAIL_303", "SYS_112", "UPD4_FAIL_999", None, None, "SYS_111", "SYS_113", "SYS_111"]
    assert find(TEXTS) == expected
    assert status(find(TEXTS)) == ["fail", "success", None, None, None, "fail", "info", "fail"]
    for wrong in [[1], ["SYS_111", 2.0], [["SYS_111"]]]:
        with pytest.raises(TypeError, match="expected str or bytes, not "):
            status(wrong)


ARROW_TEXTS = [text for text in TEXTS if text is None or text.isascii()]
TYPES = [
    pyarrow.string(),
    pyarrow.large_string(),
    pyarrow.string_view(),
    pyarrow.binary(),
    pyarrow.large_binary(),
    pyarrow.binary_view(),
    pyarrow.dictionary(pyarrow.int8(), pyarrow.string()),
    pyarrow.dictionary(pyarrow.uint32(), pyarrow.large_string()),
]


@pytest.mark.parametrize("type", TYPES, ids=str)
def test_pyarrow(type):
    base = pyarrow.array(ARROW_TEXTS)
    array = base.dictionary_encode().cast(type) if pyarrow.types.is_dictionary(type) else base.cast(type)
    for name in ["find", *PROPERTIES]:
        function = getattr(event_log_codes, name)
        expected = function(ARROW_TEXTS)
        result = function(array)
        assert isinstance(result, pyarrow.Array) and result.to_pylist() == expected, name
        result.validate(full=True)
        # Slices have an offset; chunks may be empty.
        assert function(array[2:]).to_pylist() == expected[2:]
        chunked = pyarrow.chunked_array([array[:3], array[:0], array[3:]])
        assert isinstance(function(chunked), pyarrow.ChunkedArray)
        assert function(chunked).to_pylist() == expected
        assert function(pyarrow.chunked_array([], type)).to_pylist() == []
        assert function(array[:0]).to_pylist() == []
        assert function(pyarrow.nulls(3, type)).to_pylist() == [None] * 3


def test_every_code_by_pyarrow(rows):
    array = pyarrow.array([row["code"] for row in rows])
    for name in PROPERTIES:
        assert getattr(event_log_codes, name)(array).to_pylist() == [row[name] or None for row in rows]


def test_polars():
    for series in [polars.Series("x", ARROW_TEXTS), polars.Series("x", ARROW_TEXTS, polars.Categorical)]:
        for name in ["find", *PROPERTIES]:
            function = getattr(event_log_codes, name)
            result = function(series)
            assert isinstance(result, polars.Series) and result.name == "x"
            assert result.to_list() == function(ARROW_TEXTS), name
    assert status(polars.Series([], dtype=polars.String)).to_list() == []


def test_any_other_library():
    """An object that has nothing but the Arrow interface."""

    class Foreign:
        def __arrow_c_array__(self, requested_schema=None):
            return pyarrow.array(ARROW_TEXTS).__arrow_c_array__(requested_schema)

    assert pyarrow.array(status(Foreign())).to_pylist() == status(ARROW_TEXTS)


def test_arrays_of_other_types():
    for wrong in [pyarrow.array([1, 2]), polars.Series([1.5]), pyarrow.array([["SYS_111"]])]:
        with pytest.raises(TypeError, match="expected an Arrow array of strings or binary, not of "):
            status(wrong)
    for wrong in ["SYS_111", b"SYS_111", 1, None, {"SYS_111"}, iter(["SYS_111"])]:
        with pytest.raises(TypeError, match="expected a list of str or an Arrow array, not "):
            status(wrong)


def at(minute):
    return datetime(2025, 8, 29, 8, minute, tzinfo=timezone.utc)


def test_outcomes():
    device = DeviceOutcome()
    assert (device.outcome, device.reason, device.first_seen) == ("in-progress", None, None)
    device.push("UPD4_FAIL_303", at(1))
    device.push(b"SYS_111", at(2))
    assert (device.outcome, device.reason, device.attempts, device.is_retrying) == ("failed", "UPD4_FAIL_303", 1, False)
    device.push("SYS_108", at(3))
    assert device.is_retrying
    device.push("SYS_112", at(4))
    assert (device.outcome, device.reason, device.attempts) == ("updated", None, 2)
    assert (device.first_seen, device.last_seen) == (at(1), at(4))
    assert not device.is_uncertain


def test_outcomes_merge_in_any_order():
    events = [("UPD9_FAIL_2", 5), ("UPD9_FAIL_1", 5), ("SYS_111", 6), ("UPD4_FAIL_303", 1), ("UPD8_FAIL_7", 2)]

    def folded(order):
        device = DeviceOutcome()
        for code, minute in order:
            part = DeviceOutcome()
            part.push(code, at(minute))
            device.merge(part)
        device.merge(DeviceOutcome())
        return device.outcome, device.reason, device.attempts, device.first_seen

    expected = folded(events)
    assert expected[0] == "failed" and expected[1] in {"UPD9_FAIL_1", "UPD9_FAIL_2"} and expected[2] == 4
    for turn in range(len(events)):
        assert folded(events[turn:] + events[:turn]) == expected == folded(events[::-1])


def test_outcomes_of_uncatalogued_codes_and_times():
    device = DeviceOutcome()
    device.push("SYS_140", at(1), status="SKIPPED")
    assert (device.outcome, device.skipped_by) == ("skipped", "SYS_140")
    berlin = datetime(2025, 8, 29, 10, 2, 0, 123456, tzinfo=ZoneInfo("Europe/Berlin"))
    device.push("UPD9_FAIL_1", berlin)
    assert device.last_seen == berlin and device.last_seen.utcoffset() == timedelta(0)
    assert (device.outcome, device.reason) == ("failed", "UPD9_FAIL_1")
    device.push("UPD4_OK_100")
    assert device.is_uncertain
    early = DeviceOutcome()
    early.push("SYS_112", datetime(1960, 1, 1, tzinfo=timezone.utc))
    assert early.first_seen == datetime(1960, 1, 1, tzinfo=timezone.utc)
    anyhow = DeviceOutcome()
    anyhow.push("upd4_fail_303", at(1))
    anyhow.push(b"sys_111", at(2))
    assert (anyhow.outcome, anyhow.reason, anyhow.attempts) == ("failed", "UPD4_FAIL_303", 1)
    anyhow.push("upd9_Fail_1", at(3))
    anyhow.push("UPD9_FAIL_1", at(4))
    assert (anyhow.reason, anyhow.attempts) == ("UPD9_FAIL_1", 3)
    for text in ("update-failed", "", "UPD4_FAIL_303 ", b"\xff"):
        with pytest.raises(ValueError, match="not an event code"):
            device.push(text, at(1), status="FAIL")
    with pytest.raises(ValueError, match="no timezone"):
        device.push("SYS_112", datetime(2025, 8, 29))
    with pytest.raises(ValueError, match="not a status"):
        device.push("SYS_140", at(1), status="FAILED")
    with pytest.raises(TypeError):
        device.push("SYS_112", 1756454400)
