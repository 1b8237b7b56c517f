//! The smallest program: a media type, an empty line, content.
//!
//! Chapter 4 · RFC 3875 §6.2.1

use std::io;

use crate::program::Call;

// ANCHOR: answer
/// Says hello, and which process says it.
///
/// # Errors
/// When nobody reads the answer.
pub(crate) fn answer(call: &mut Call<'_>) -> io::Result<()> {
    write!(call.stdout, "Content-Type: text/plain; charset=utf-8\n\n")?;
    writeln!(call.stdout, "Hello from process {}!", std::process::id())
}
// ANCHOR_END: answer
