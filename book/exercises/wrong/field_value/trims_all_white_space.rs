//! Wrong: the value is trimmed with `trim`.
//!
//! Breaks RFC 9110 §5.6.3: optional white space is space and tab, and nothing else
//!
//! `str::trim` takes off whatever Unicode calls white space: vertical tabs,
//! no-break spaces and 21 more. A program that trims more than the next one
//! reads another value: `chunked` with a vertical tab in front has been one
//! name to one server and another to its proxy.

fn main() {}

/// The value of the first field called `name` in the lines of a head.
fn field_value<'l>(lines: &[&'l str], name: &str) -> Option<&'l str> {
    for line in lines {
        if let Some((found, value)) = line.split_once(':')
            && found.eq_ignore_ascii_case(name)
        {
            return Some(value.trim());
        }
    }
    None
}
