//! `eventcodes list`: the catalogue, or a part of it.

use std::io::{self, Write};

use crate::args::{Format, ListArgs};
use crate::commands::explain::{self, Explanation};
use crate::commands::report_patterns;
use crate::console::ExitStatus;
use crate::console::Messages;
use crate::known_code::KnownCode;
use crate::output::{self, Column, Rows, Table};

pub fn run(args: &ListArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let words: Vec<_> = args.words.iter().map(|word| word.to_lowercase()).collect();
    let wanted = |code: &KnownCode| args.filter.wants(*code) && holds_all(*code, &words);
    let codes: Vec<_> = KnownCode::all().filter(wanted).collect();
    match args.format.format {
        _ if codes.is_empty() => {
            let messages = Messages::default();
            messages.say("no code matches");
            report_patterns(&args.filter.code, true, &messages);
        }
        Format::Table => output::table(out, [overview(&codes)])?,
        Format::Markdown => output::markdown(out, [overview(&codes)])?,
        format => {
            let explanations: Vec<_> = codes.iter().copied().map(Explanation::of).collect();
            explain::write(&explanations, format, out)?;
        }
    }
    Ok(if codes.is_empty() { ExitStatus::NoMatch } else { ExitStatus::Success })
}

fn holds_all(code: KnownCode, words: &[String]) -> bool {
    let texts = [Some(code.as_str()), code.portal_text(), code.explanation(), code.corrective_action()];
    let texts: Vec<_> = texts.into_iter().flatten().map(str::to_lowercase).collect();
    words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
}

/// What fits on a screen; the other formats tell everything.
fn overview(codes: &[KnownCode]) -> Table<'_> {
    let row = |code: &KnownCode| {
        vec![
            code.as_str().into(),
            code.status().into(),
            code.section().as_str().into(),
            code.portal_text().or(code.explanation()).into(),
            code.corrective_action().into(),
        ]
    };
    let columns = ["code", "status", "section", "portal text or explanation", "corrective action"];
    Table { title: String::new(), columns: columns.map(Column::Text).into(), rows: Rows::of(codes, row) }
}
