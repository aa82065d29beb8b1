"""Device Management event codes: what a code in a log means, and where codes are in any bytes.

>>> from event_log_codes import lookup, find_iter
>>> lookup("UPD4_FAIL_303").corrective_action
'Check network.'
>>> [found.text for found in find_iter(b"UPD4_FAIL_303, then SYS_111")]
['UPD4_FAIL_303', 'SYS_111']

Over many texts at once, in lists and in Arrow arrays of pyarrow, polars or any other library:

>>> from event_log_codes import find, status
>>> status(["UPD4_FAIL_303", "SYS_112"])
['fail', 'success']
>>> import pyarrow
>>> status(find(pyarrow.array(["device failed, UPD4_FAIL_303", "nothing here"]))).to_pylist()
['fail', None]
"""

from ._native import (
    DeviceOutcome,
    EventCode,
    Match,
    __version__,
    codes,
    corrective_action,
    explanation,
    find,
    find_iter,
    lookup,
    portal_text,
    section,
    status,
)

__all__ = [
    "DeviceOutcome",
    "EventCode",
    "Match",
    "__version__",
    "codes",
    "corrective_action",
    "explanation",
    "find",
    "find_iter",
    "lookup",
    "portal_text",
    "section",
    "status",
]
