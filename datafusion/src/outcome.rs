//! The aggregate function `device_outcome`: the library's fold over the events of one device.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryBuilder, BooleanArray, BooleanBuilder, StringBuilder, StringViewBuilder,
    StructArray, TimestampMicrosecondBuilder, UInt32Builder,
};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, TimeUnit, TimestampMicrosecondType};
use datafusion::common::{ScalarValue, exec_datafusion_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, DocSection, Documentation, EmitTo, GroupsAccumulator,
    Signature, Volatility,
};
use event_log_codes::outcome::{DeviceOutcome, Effect};
use event_log_codes::{EventCode, Status};

use crate::rows::{for_each, holds_bytes};

/// What became of a device, from its events in any order: a struct of `outcome` (updated, failed, skipped,
/// in-progress), `reason` (the code of its latest failure), `retrying`, `attempts`, `first_seen`,
/// `last_seen` and `uncertain` (whether a deciding event had no time).
///
/// Group by device and campaign. The rules are those of [`event_log_codes::outcome`]. Codes are read in any
/// letter case; a row whose event type is null or not code-shaped is no event. The optional third argument
/// is the status that the record states, which decides for codes that are not in the catalogue.
///
/// ```sql
/// SELECT device_outcome(event_type, date_time) FROM device_events GROUP BY device_id, campaign_id
/// ```
#[must_use]
pub fn device_outcome() -> Arc<AggregateUDF> {
    static FUNCTION: LazyLock<Arc<AggregateUDF>> =
        LazyLock::new(|| Arc::new(AggregateUDF::new_from_impl(DeviceOutcomeFunction::new())));
    Arc::clone(&FUNCTION)
}

#[derive(Debug)]
struct DeviceOutcomeFunction {
    signature: Signature,
    documentation: Documentation,
}

const TIME: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// The fields of the answer.
fn fields() -> Fields {
    Fields::from(vec![
        Field::new("outcome", DataType::Utf8View, false),
        Field::new("reason", DataType::Utf8View, true),
        Field::new("retrying", DataType::Boolean, false),
        Field::new("attempts", DataType::UInt32, false),
        Field::new("first_seen", TIME, true),
        Field::new("last_seen", TIME, true),
        Field::new("uncertain", DataType::Boolean, false),
    ])
}

impl DeviceOutcomeFunction {
    fn new() -> Self {
        let documentation = Documentation::builder(
            DocSection { include: true, label: "Event Code Functions", description: None },
            "What became of a device, from its events in any order: outcome, reason, retrying, attempts, \
             first_seen, last_seen, uncertain. Group by device and campaign.",
            "device_outcome(event_type, date_time [, status])",
        )
        .with_argument("event_type", "Event code in any letter case: text or bytes.")
        .with_argument("date_time", "When it happened: a timestamp, or null if that is not known.")
        .with_argument("status", "The status that the record states; decides for uncatalogued codes.")
        .build();
        Self { signature: Signature::user_defined(Volatility::Immutable), documentation }
    }
}

impl AggregateUDFImpl for DeviceOutcomeFunction {
    fn name(&self) -> &str {
        "device_outcome"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        let syntax = &self.documentation.syntax_example;
        let text = |data_type: &DataType| match data_type {
            // Looking a code up is quick enough; dictionaries need no path of their own.
            DataType::Dictionary(_, values) if holds_bytes(values) => Ok(values.as_ref().clone()),
            other if holds_bytes(other) => Ok(other.clone()),
            other => plan_err!("{syntax} takes codes and statuses as text or bytes, not {other}"),
        };
        let [code, time, status @ ..] = arguments else {
            return plan_err!("{syntax} takes two or three arguments, not {}", arguments.len());
        };
        if status.len() > 1 {
            return plan_err!("{syntax} takes two or three arguments, not {}", arguments.len());
        }
        if !matches!(time, DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 | DataType::Null) {
            return plan_err!("{syntax} takes a timestamp, not {time}; event_time(value) makes one");
        }
        let mut types = vec![text(code)?, TIME];
        for status in status {
            types.push(text(status)?);
        }
        Ok(types)
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields()))
    }

    fn accumulator(&self, _arguments: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(OneGroup(Folds::default())))
    }

    fn groups_accumulator_supported(&self, _arguments: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _arguments: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Folds::default()))
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |name, data_type, is_nullable| {
            Arc::new(Field::new(format_state_name(arguments.name, name), data_type, is_nullable))
        };
        Ok(vec![
            field("fold", DataType::Binary, false),
            field("reason", DataType::Utf8, true),
            field("skipped_by", DataType::Utf8, true),
        ])
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

// There is one such function.
impl PartialEq for DeviceOutcomeFunction {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for DeviceOutcomeFunction {}

impl Hash for DeviceOutcomeFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

/// A code: the catalogue's codes by index, then the others in the order of their first occurrence;
/// counted from one.
type CodeNumber = NonZeroU32;

/// The numbers of the codes that the catalogue lacks.
#[derive(Debug, Default)]
struct Codes {
    numbers: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Codes {
    fn catalogued(code: EventCode) -> CodeNumber {
        CodeNumber::MIN.saturating_add(code.index() as u32)
    }

    /// The number of a code of any kind, in upper case.
    fn number(&mut self, text: &str) -> CodeNumber {
        if let Some(code) = EventCode::from_bytes(text.as_bytes()) {
            return Self::catalogued(code);
        }
        let number = match self.numbers.get(text) {
            Some(number) => *number,
            None => {
                let number = self.texts.len() as u32;
                self.texts.push(text.into());
                self.numbers.insert(text.into(), number);
                number
            }
        };
        CodeNumber::MIN.saturating_add(EventCode::COUNT as u32).saturating_add(number)
    }

    fn text(&self, number: CodeNumber) -> &str {
        let index = number.get() as usize - 1;
        match EventCode::from_index(index) {
            Some(code) => code.as_str(),
            None => &self.texts[index - EventCode::COUNT],
        }
    }

    fn size(&self) -> usize {
        // Each text is kept twice, with its length and a number.
        self.texts.iter().map(|text| 2 * (text.len() + 16) + 8).sum()
    }
}

/// The fold of each group.
#[derive(Debug, Default)]
struct Folds {
    groups: Vec<DeviceOutcome<CodeNumber>>,
    codes: Codes,
}

impl Folds {
    /// Calls `each` with the row and the fold of every event in the arguments of the function.
    fn for_each_event(
        codes: &mut Codes,
        arguments: &[ArrayRef],
        mut each: impl FnMut(&mut Codes, usize, DeviceOutcome<CodeNumber>),
    ) -> Result<()> {
        let times = arguments[1].as_primitive::<TimestampMicrosecondType>();
        let mut statuses = Vec::new();
        if let Some(stated) = arguments.get(2) {
            statuses.reserve(stated.len());
            for_each(stated, |status| statuses.push(status.and_then(Status::from_record)))?;
        }
        let mut row = 0;
        for_each(&arguments[0], |text| {
            let time = times.is_valid(row).then(|| times.value(row));
            let stated = statuses.get(row).copied().flatten();
            if let Some(fold) = text.and_then(|text| fold(codes, text, time, stated)) {
                each(codes, row, fold);
            }
            row += 1;
        })
    }

    fn states(&self, folds: impl Iterator<Item = DeviceOutcome<CodeNumber>>) -> Vec<ArrayRef> {
        let mut bytes = BinaryBuilder::new();
        let (mut reasons, mut skips) = (StringBuilder::new(), StringBuilder::new());
        for fold in folds {
            let (fold, [reason, skip]) = fold.to_parts();
            bytes.append_value(fold);
            reasons.append_option(reason.map(|code| self.codes.text(code)));
            skips.append_option(skip.map(|code| self.codes.text(code)));
        }
        vec![Arc::new(bytes.finish()), Arc::new(reasons.finish()), Arc::new(skips.finish())]
    }

    fn answers(&self, folds: &[DeviceOutcome<CodeNumber>]) -> Result<StructArray> {
        let (mut outcomes, mut reasons) = (StringViewBuilder::new(), StringViewBuilder::new());
        let (mut retrying, mut uncertain) = (BooleanBuilder::new(), BooleanBuilder::new());
        let mut attempts = UInt32Builder::new();
        let (mut first, mut last) = (TimestampMicrosecondBuilder::new(), TimestampMicrosecondBuilder::new());
        for fold in folds {
            outcomes.append_value(fold.outcome().as_str());
            reasons.append_option(fold.reason().map(|code| self.codes.text(code)));
            retrying.append_value(fold.is_retrying());
            attempts.append_value(fold.attempts());
            first.append_option(fold.first_seen());
            last.append_option(fold.last_seen());
            uncertain.append_value(fold.is_uncertain());
        }
        let columns: Vec<ArrayRef> = vec![
            Arc::new(outcomes.finish()),
            Arc::new(reasons.finish()),
            Arc::new(retrying.finish()),
            Arc::new(attempts.finish()),
            Arc::new(first.finish()),
            Arc::new(last.finish()),
            Arc::new(uncertain.finish()),
        ];
        Ok(StructArray::try_new(fields(), columns, None)?)
    }
}

/// The fold of one event; `None` if the text is not code-shaped.
fn fold(
    codes: &mut Codes,
    text: &[u8],
    time: Option<i64>,
    stated: Option<Status>,
) -> Option<DeviceOutcome<CodeNumber>> {
    let (effect, code) = Effect::of_text(text, stated)?;
    let number = match code {
        Some(code) => Codes::catalogued(code),
        None => codes.number(&str::from_utf8(text).ok()?.to_ascii_uppercase()),
    };
    Some(DeviceOutcome::of(effect, number, time))
}

/// The folds in arrays that [`Folds::states`] made.
fn for_each_state(
    codes: &mut Codes,
    states: &[ArrayRef],
    mut each: impl FnMut(&mut Codes, usize, DeviceOutcome<CodeNumber>),
) -> Result<()> {
    let (folds, texts) = (states[0].as_binary::<i32>(), [1, 2].map(|i| states[i].as_string::<i32>()));
    for row in 0..folds.len() {
        let bytes = folds.value(row).try_into();
        let bytes = bytes.map_err(|_| exec_datafusion_err!("device_outcome: a state of another version"))?;
        let parts = texts.map(|texts| texts.is_valid(row).then(|| codes.number(texts.value(row))));
        each(codes, row, DeviceOutcome::from_parts(bytes, parts));
    }
    Ok(())
}

impl GroupsAccumulator for Folds {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.groups.resize(total_num_groups, DeviceOutcome::new());
        let groups = &mut self.groups;
        Self::for_each_event(&mut self.codes, values, |codes, row, fold| {
            if passes(opt_filter, row) {
                let compare = |one: &_, other: &_| codes.text(*one).cmp(codes.text(*other));
                groups[group_indices[row]].merge_by(&fold, compare);
            }
        })
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.groups.resize(total_num_groups, DeviceOutcome::new());
        let groups = &mut self.groups;
        for_each_state(&mut self.codes, values, |codes, row, fold| {
            let compare = |one: &_, other: &_| codes.text(*one).cmp(codes.text(*other));
            groups[group_indices[row]].merge_by(&fold, compare);
        })
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let groups = emit_to.take_needed(&mut self.groups);
        Ok(Arc::new(self.answers(&groups)?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let groups = emit_to.take_needed(&mut self.groups);
        Ok(self.states(groups.into_iter()))
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let mut rows = Folds { groups: vec![DeviceOutcome::new(); values[0].len()], codes: Codes::default() };
        let groups = &mut rows.groups;
        Self::for_each_event(&mut rows.codes, values, |_, row, fold| {
            if passes(opt_filter, row) {
                groups[row] = fold;
            }
        })?;
        Ok(rows.states(rows.groups.iter().copied()))
    }

    fn size(&self) -> usize {
        self.groups.capacity() * size_of::<DeviceOutcome<CodeNumber>>() + self.codes.size()
    }
}

fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

/// The fold of a query without groups, or of a window.
#[derive(Debug)]
struct OneGroup(Folds);

impl OneGroup {
    fn fold(&self) -> DeviceOutcome<CodeNumber> {
        self.0.groups.first().copied().unwrap_or_default()
    }
}

impl Accumulator for OneGroup {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let groups = vec![0; values[0].len()];
        GroupsAccumulator::update_batch(&mut self.0, values, &groups, None, 1)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Struct(Arc::new(self.0.answers(&[self.fold()])?)))
    }

    fn size(&self) -> usize {
        GroupsAccumulator::size(&self.0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let states = self.0.states(std::iter::once(self.fold()));
        states.iter().map(|state| ScalarValue::try_from_array(state, 0)).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let groups = vec![0; states[0].len()];
        GroupsAccumulator::merge_batch(&mut self.0, states, &groups, 1)
    }
}
