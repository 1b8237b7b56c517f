//! Wrong: the name is trimmed as the value is.
//!
//! Breaks RFC 9112 §5.1: with white space before its colon a name is no name
//!
//! Meant kindly. It makes a `Content-Length` of a field that others do not
//! see.

fn main() {}

/// The value of the first field called `name` in the lines of a head.
fn field_value<'l>(lines: &[&'l str], name: &str) -> Option<&'l str> {
    for line in lines {
        if let Some((found, value)) = line.split_once(':')
            && found.trim().eq_ignore_ascii_case(name)
        {
            return Some(value.trim_matches([' ', '\t']));
        }
    }
    None
}
