//! What devices report: a value on a resource.

use std::fmt;
use std::str::FromStr;

use event_log_codes::{EventCode, ReportedValue};

/// Resources whose value decides the code.
const VALUED: [(u16, u16); 4] = [(5, 3), (5, 5), (10252, 2), (10252, 3)];
/// Resources that lead to the same code whatever their value.
const ANY_VALUE: [(u16, u16); 4] = [(5, 6), (5, 7), (10252, 5), (10252, 6)];

/// `/10252/0/3=218`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    object: u16,
    instance: u16,
    resource: u16,
    value: i64,
}

impl Report {
    pub fn code(&self) -> Option<EventCode> {
        EventCode::from_lwm2m(self.object, self.resource, self.value)
    }

    pub fn meaning(&self) -> Option<ReportedValue> {
        ReportedValue::new(self.object, self.resource, self.value)
    }
}

impl FromStr for Report {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or("expected /OBJECT/INSTANCE/RESOURCE=VALUE, such as /10252/0/3=218")
    }
}

fn parse(text: &str) -> Option<Report> {
    let (path, value) = text.split_once('=')?;
    let path = path.trim();
    let mut ids = path.strip_prefix('/').unwrap_or(path).split('/');
    let mut id = || ids.next()?.parse().ok();
    let report =
        Report { object: id()?, instance: id()?, resource: id()?, value: value.trim().parse().ok()? };
    ids.next().is_none().then_some(report)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/{}/{}={}", self.object, self.instance, self.resource, self.value)
    }
}

/// Every report that leads to `code`. The catalogue maps the other way, over few values.
pub fn reports(code: EventCode) -> Vec<String> {
    let valued = VALUED.iter().flat_map(|&(object, resource)| {
        (-1..=512).map(move |value| Report { object, instance: 0, resource, value })
    });
    let mut reports: Vec<_> =
        valued.filter(|report| report.code() == Some(code)).map(|report| report.to_string()).collect();
    for (object, resource) in ANY_VALUE {
        if EventCode::from_lwm2m(object, resource, 0) == Some(code) {
            reports.push(format!("/{object}/0/{resource}"));
        }
    }
    reports
}
