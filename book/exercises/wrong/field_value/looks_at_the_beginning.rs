//! Wrong: a line that begins with the name is taken for the field.
//!
//! Breaks RFC 9110 §5.1: the whole name has to be the same, not a part of it
//!
//! `Accept-Language` begins with `Accept`, and `Content-Length-Of-My-Hair`
//! with something worse.

fn main() {}

/// The value of the first field called `name` in the lines of a head.
fn field_value<'l>(lines: &[&'l str], name: &str) -> Option<&'l str> {
    for line in lines {
        if let Some((found, value)) = line.split_once(':')
            && found.to_ascii_lowercase().starts_with(&name.to_ascii_lowercase())
        {
            return Some(value.trim_matches([' ', '\t']));
        }
    }
    None
}
