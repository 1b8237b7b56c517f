//! Wrong: what has a variable of its own gets another.
//!
//! Breaks RFC 3875 §4.1.18: CONTENT_TYPE and CONTENT_LENGTH have no second variable
//!
//! Two variables for one thing can differ: a server that has taken chunks off knows
//! another length than the client said.

fn main() {}

/// The name of the variable for a field with this name; `None` for a field that
/// is kept from programs.
fn variable_name(field: &str) -> Option<String> {
    const WITHHELD: [&str; 5] = ["PROXY", "AUTHORIZATION", "PROXY-AUTHORIZATION", "PROXY", "PROXY"];
    let name = field.to_ascii_uppercase();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if WITHHELD.contains(&name.as_str()) || !is_plain {
        return None;
    }
    Some(format!("HTTP_{}", name.replace('-', "_")))
}
