//! Wrong: an empty value counts as no field.
//!
//! Breaks RFC 9110 §5.5: a value may be empty, and the field is there all the same
//!
//! `Host:` with nothing behind it is a `Host`: it is what a client sends
//! whose URL has no authority. And the search goes on to a second field of
//! that name, which nobody else looks at.

fn main() {}

/// The value of the first field called `name` in the lines of a head.
fn field_value<'l>(lines: &[&'l str], name: &str) -> Option<&'l str> {
    for line in lines {
        if let Some((found, value)) = line.split_once(':')
            && found.eq_ignore_ascii_case(name)
            && !value.trim_matches([' ', '\t']).is_empty()
        {
            return Some(value.trim_matches([' ', '\t']));
        }
    }
    None
}
