//! `eventcodes`: what failed, on how many devices, and what to do, from any log.
#![forbid(unsafe_code)]

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{ColorChoice, Parser};
use event_log_codes_cli::args::{Cli, Command};
use event_log_codes_cli::ending::Ending;
use event_log_codes_cli::trouble::{Troubles, cause};
use event_log_codes_cli::{explain, summary};

fn main() -> ExitCode {
    let cli = Cli::parse();
    colour(cli.color).write_global();
    let mut out = BufWriter::new(anstream::stdout());
    let ending = run(&cli.command, &mut out).and_then(|ending| out.flush().map(|()| ending));
    match ending {
        Ok(ending) => ending.into(),
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ending::Fine.into(),
        Err(error) => {
            Troubles::default().say(&format!("standard output: {}", cause(&error)));
            Ending::Trouble.into()
        }
    }
}

fn run(command: &Command, out: &mut dyn Write) -> io::Result<Ending> {
    match command {
        Command::Summary(args) => summary::run(args, out),
        Command::Explain(args) => explain::run(args, out),
    }
}

fn colour(choice: ColorChoice) -> anstream::ColorChoice {
    match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
}
