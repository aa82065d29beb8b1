//! `eventcodes`: what failed, on how many devices, and what to do, from any log.
#![forbid(unsafe_code)]

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, Parser};
use event_log_codes_cli::args::{Cli, Command, CompletionsArgs, ManArgs};
use event_log_codes_cli::ending::Ending;
use event_log_codes_cli::trouble::{Troubles, cause};
use event_log_codes_cli::{annotate, explain, grep, list, report, summary};

fn main() -> ExitCode {
    let cli = Cli::parse();
    colour(cli.color).write_global();
    match run(&cli.command) {
        Ok(ending) => ending.into(),
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ending::Fine.into(),
        Err(error) => {
            Troubles::default().say(&format!("standard output: {}", cause(&error)));
            Ending::Trouble.into()
        }
    }
}

fn run(command: &Command) -> io::Result<Ending> {
    // Styles are left out where they are not wanted; bytes of the input must pass as they are.
    let mut styled = BufWriter::new(anstream::stdout());
    let mut bytes = BufWriter::with_capacity(64 << 10, io::stdout());
    let ending = match command {
        Command::Summary(args) => summary::run(args, &mut styled),
        Command::Annotate(args) => annotate::run(args, wants_colour(), &mut bytes),
        Command::Grep(args) => grep::run(args, &mut bytes),
        Command::Explain(args) => explain::run(args, &mut styled),
        Command::List(args) => list::run(args, &mut styled),
        Command::Report(args) => report::run(args, &mut bytes),
        Command::Completions(args) => completions(args, &mut bytes),
        Command::Man(args) => man(args, &mut bytes),
    }?;
    styled.flush()?;
    bytes.flush()?;
    Ok(ending)
}

fn completions(args: &CompletionsArgs, out: &mut dyn Write) -> io::Result<Ending> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "eventcodes", &mut script);
    out.write_all(&script)?;
    Ok(Ending::Fine)
}

fn man(args: &ManArgs, out: &mut dyn Write) -> io::Result<Ending> {
    let mut command = Cli::command();
    command.build();
    let page = match &args.subcommand {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(subcommand) => subcommand.clone(),
            None => {
                Troubles::default().say(&format!("there is no subcommand {name:?}"));
                return Ok(Ending::Trouble);
            }
        },
    };
    clap_mangen::Man::new(page).render(&mut &mut *out)?;
    Ok(Ending::Fine)
}

fn colour(choice: ColorChoice) -> anstream::ColorChoice {
    match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
}

fn wants_colour() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}
