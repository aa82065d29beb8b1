//! `eventcodes man`: the man page of the command or of a subcommand.

use std::io::{self, Write};

use clap::CommandFactory;

use crate::args::{Cli, ManArgs};
use crate::console::{ExitStatus, Messages};

pub fn run(args: &ManArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let mut command = Cli::command();
    command.build();
    let page = match &args.subcommand {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(subcommand) => subcommand.clone(),
            None => {
                Messages::default().say(&format!("there is no subcommand {name:?}"));
                return Ok(ExitStatus::Failure);
            }
        },
    };
    let title = page.get_display_name().unwrap_or(page.get_name()).to_owned();
    let man = clap_mangen::Man::new(page).title(title).manual("eventcodes");
    man.source(concat!("eventcodes ", env!("CARGO_PKG_VERSION"))).render(&mut &mut *out)?;
    Ok(ExitStatus::Success)
}
