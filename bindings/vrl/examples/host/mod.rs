//! A small host of VRL programs: one line of NDJSON in, one line out.

pub mod enrichment_table;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use vrl::compiler::state::RuntimeState;
use vrl::compiler::{Context, Function, Program, TargetValue, TimeZone};
use vrl::value::{Secrets, Value};

pub struct Host {
    program: Program,
    state: RuntimeState,
}

impl Host {
    /// Compiles a program with VRL's standard functions and others.
    pub fn compile(source: &str, others: Vec<Box<dyn Function>>) -> Result<Host, Box<dyn Error>> {
        let mut functions = vrl::stdlib::all();
        functions.extend(others);
        let compiled = vrl::compiler::compile(source, &functions)
            .map_err(|errors| vrl::diagnostic::Formatter::new(source, errors).to_string())?;
        Ok(Host { program: compiled.program, state: RuntimeState::default() })
    }

    /// Runs the program on an event, and returns the event that results.
    pub fn run(&mut self, event: Value) -> Result<Value, Box<dyn Error>> {
        let mut target = TargetValue {
            value: event,
            metadata: Value::Object(BTreeMap::new()),
            secrets: Secrets::default(),
        };
        self.state.clear();
        let timezone = TimeZone::default();
        let mut context = Context::new(&mut target, &mut self.state, &timezone);
        self.program.resolve(&mut context).map_err(|error| error.to_string())?;
        Ok(target.value)
    }

    /// Runs the program on a line of JSON, and writes the event that results as a line.
    ///
    /// Writes nothing if the line isn't JSON or the program fails.
    pub fn run_line(&mut self, line: &[u8], out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        let event: serde_json::Value = serde_json::from_slice(line)?;
        let event = self.run(event.into())?;
        serde_json::to_writer(&mut *out, &event)?;
        out.write_all(b"\n")?;
        Ok(())
    }
}
