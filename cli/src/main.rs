//! `eventcodes`: what failed, on how many devices, and what to do, from any log.
#![forbid(unsafe_code)]

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{ColorChoice, Parser};
use event_log_codes_cli::args::{Cli, Command, Format, SummaryFormat};
use event_log_codes_cli::commands::{
    annotate, completions, devices, explain, export, grep, list, man, report, summary, watch,
};
use event_log_codes_cli::console::{ExitStatus, Messages, cause};
use event_log_codes_cli::site_codes;

fn main() -> ExitCode {
    let cli = Cli::parse();
    colour(cli.color).write_global();
    // Nothing of these two depends on codes.
    if !matches!(cli.command, Command::Completions(_) | Command::Man(_))
        && let Err(problems) = site_codes::load(cli.site_codes.as_deref())
    {
        let messages = Messages::default();
        problems.iter().for_each(|problem| messages.say(problem));
        return ExitStatus::Failure.into();
    }
    match run(&cli.command) {
        Ok(status) => status.into(),
        // The reader of the output, such as `head`, has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Success.into(),
        Err(error) => {
            Messages::default().say(&format!("standard output: {}", cause(&error)));
            ExitStatus::Failure.into()
        }
    }
}

fn run(command: &Command) -> io::Result<ExitStatus> {
    // `styled` drops styles where they are not wanted, from tables for people; whatever a program may
    // read goes through `bytes`, unchanged.
    let mut styled = BufWriter::new(anstream::stdout());
    let mut bytes = BufWriter::with_capacity(64 << 10, io::stdout());
    let status = match command {
        Command::Summary(args) => {
            let is_table = args.format == SummaryFormat::Table;
            summary::run(args, if is_table { &mut styled as &mut dyn Write } else { &mut bytes })
        }
        Command::Devices(args) => {
            let is_table = args.format.format == Format::Table;
            devices::run(args, if is_table { &mut styled as &mut dyn Write } else { &mut bytes })
        }
        Command::Annotate(args) => annotate::run(args, wants_colour()),
        Command::Grep(args) => grep::run(args, wants_colour()),
        Command::Explain(args) => {
            let is_table = args.format.format == Format::Table;
            explain::run(args, if is_table { &mut styled as &mut dyn Write } else { &mut bytes })
        }
        Command::List(args) => {
            let is_table = args.format.format == Format::Table;
            list::run(args, if is_table { &mut styled as &mut dyn Write } else { &mut bytes })
        }
        Command::Export(args) => export::run(args, &mut bytes),
        Command::Report(args) => report::run(args, &mut bytes),
        Command::Watch(args) => watch::run(args, wants_colour(), &mut bytes),
        Command::Completions(args) => completions::run(args, &mut bytes),
        Command::Man(args) => man::run(args, &mut bytes),
    }?;
    styled.flush()?;
    bytes.flush()?;
    Ok(status)
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
