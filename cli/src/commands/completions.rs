//! `eventcodes completions`: a completion script for a shell.

use std::io::{self, Write};

use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs};
use crate::console::ExitStatus;

pub fn run(args: &CompletionsArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "eventcodes", &mut script);
    out.write_all(&script)?;
    Ok(ExitStatus::Success)
}
