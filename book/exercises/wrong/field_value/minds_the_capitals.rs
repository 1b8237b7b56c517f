//! Wrong: names are compared letter by letter.
//!
//! Breaks RFC 9110 §5.1: a field name has no case: all ways to write it are one name
//!
//! It works with every client that you have tried, until one writes `host`.
//! In HTTP/2 all do.

fn main() {}

/// The value of the first field called `name` in the lines of a head.
fn field_value<'l>(lines: &[&'l str], name: &str) -> Option<&'l str> {
    for line in lines {
        if let Some((found, value)) = line.split_once(':')
            && found == name
        {
            return Some(value.trim_matches([' ', '\t']));
        }
    }
    None
}
