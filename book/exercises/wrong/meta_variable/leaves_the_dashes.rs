//! Wrong: the dashes stay.
//!
//! Breaks RFC 3875 §4.1.18: HTTP_, the name in capitals, _ for each -
//!
//! No shell can read a variable whose name has a dash in it.

fn main() {}

/// The name of the variable for a field with this name; `None` for a field that
/// is kept from programs.
fn variable_name(field: &str) -> Option<String> {
    const WITHHELD: [&str; 5] =
        ["PROXY", "AUTHORIZATION", "PROXY-AUTHORIZATION", "CONTENT-TYPE", "CONTENT-LENGTH"];
    let name = field.to_ascii_uppercase();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if WITHHELD.contains(&name.as_str()) || !is_plain {
        return None;
    }
    Some(format!("HTTP_{}", name))
}
