//! Content that takes its time.
//!
//! Chapter 4 · RFC 3875 §6.2.1

use std::io;
use std::thread;
use std::time::Duration;

use super::form_data;
use crate::program::Call;

/// Writes a line each second, five of them or as many as the query says.
pub(crate) fn answer(call: &mut Call<'_>) -> io::Result<()> {
    let lines = form_data::value(call.variables.get("QUERY_STRING"), "lines");
    let lines: u32 = lines.and_then(|lines| lines.parse().ok()).unwrap_or(5);
    write!(call.stdout, "Content-Type: text/plain; charset=utf-8\n\n")?;
    for line in 1..=lines {
        writeln!(call.stdout, "{line} of {lines}")?;
        // Without this, all lines would wait in the buffer and leave together.
        call.stdout.flush()?;
        if line < lines {
            thread::sleep(Duration::from_secs(1));
        }
    }
    Ok(())
}
