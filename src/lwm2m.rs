//! From the integers a device reports to codes.

use crate::EventCode;

impl EventCode {
    /// Returns the code that the service logs when a device reports `value` on `/object/0/resource`, or `None`
    /// if no code is known for it.
    ///
    /// The resource decides: 3 is `UPD1_FAIL_3` on `/5/0/5` and `UPD2_FAIL_3` on `/10252/0/3`.
    ///
    /// | resource | value | code |
    /// |---|---|---|
    /// | `/5/0/3` | n | `UPD1_STATE_n` |
    /// | `/5/0/5` | 1 | `UPD1_OK_1` |
    /// | `/5/0/5` | n | `UPD1_FAIL_n` |
    /// | `/5/0/6`, `/5/0/7` | any | `UPD1_REPORT_HASH`, `UPD1_REPORT_VERSION` |
    /// | `/10252/0/2` | n | `UPD2_STATE_n` |
    /// | `/10252/0/3` | -1, 255 | `UPD4_OK_M1` |
    /// | `/10252/0/3` | 1, 18, 19 | `UPD2_OK_n` |
    /// | `/10252/0/3` | 2 to 17 | `UPD2_FAIL_n` |
    /// | `/10252/0/3` | 100 | `UPD4_OK_100` |
    /// | `/10252/0/3` | 101 to 512 | `UPD4_FAIL_n` |
    /// | `/10252/0/5`, `/10252/0/6` | any | `UPD2_REPORT_HASH`, `UPD2_REPORT_VERSION` |
    ///
    /// Newer clients report 21 to 49 on `/10252/0/3`. No public source names the codes for these values, so the
    /// result is `None`; [`ReportedValue`](crate::ReportedValue) has their meaning.
    ///
    /// The rules follow the definitions of the LwM2M objects 5 and 10252 and the headers of the device client.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert_eq!(EventCode::from_lwm2m(10252, 3, 218), Some(EventCode::Upd4Fail218));
    /// assert_eq!(EventCode::from_lwm2m(5, 5, 3), Some(EventCode::Upd1Fail3));
    /// assert_eq!(EventCode::from_lwm2m(10252, 3, 21), None);
    /// ```
    #[must_use]
    pub const fn from_lwm2m(object: u16, resource: u16, value: i64) -> Option<EventCode> {
        match (object, resource, value) {
            (5, 3, _) => numbered(b"UPD1_STATE_", value),
            (5, 5, 1) => EventCode::from_bytes(b"UPD1_OK_1"),
            (5, 5, _) => numbered(b"UPD1_FAIL_", value),
            (5, 6, _) => EventCode::from_bytes(b"UPD1_REPORT_HASH"),
            (5, 7, _) => EventCode::from_bytes(b"UPD1_REPORT_VERSION"),
            (10252, 2, _) => numbered(b"UPD2_STATE_", value),
            (10252, 3, -1 | 255) => EventCode::from_bytes(b"UPD4_OK_M1"),
            (10252, 3, 1 | 18 | 19) => numbered(b"UPD2_OK_", value),
            (10252, 3, 2..=17) => numbered(b"UPD2_FAIL_", value),
            (10252, 3, 100) => EventCode::from_bytes(b"UPD4_OK_100"),
            (10252, 3, 101..=512) => numbered(b"UPD4_FAIL_", value),
            (10252, 5, _) => EventCode::from_bytes(b"UPD2_REPORT_HASH"),
            (10252, 6, _) => EventCode::from_bytes(b"UPD2_REPORT_VERSION"),
            _ => None,
        }
    }
}

/// Returns the code whose text is `prefix` followed by `number`, which has at most three digits.
const fn numbered(prefix: &[u8], number: i64) -> Option<EventCode> {
    let mut place = match number {
        0..=9 => 1,
        10..=99 => 10,
        100..=999 => 100,
        _ => return None,
    };
    // The text is built in an integer, where a shift appends a byte: an array would need indices that the compiler
    // cannot prove to be in bounds.
    let mut code = 0_u128;
    let mut rest = prefix;
    while let [byte, after @ ..] = rest {
        code = code << 8 | *byte as u128;
        rest = after;
    }
    while place > 0 {
        code = code << 8 | (b'0' as i64 + number / place % 10) as u128;
        place /= 10;
    }
    match code.to_be_bytes().split_at_checked(code.leading_zeros() as usize / 8) {
        Some((_, code)) => EventCode::from_bytes(code),
        None => None,
    }
}
