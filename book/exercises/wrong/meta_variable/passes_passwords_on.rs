//! Wrong: every field but Proxy is passed on.
//!
//! Breaks RFC 3875 §9.2: credentials are for the server to check, and not for programs
//!
//! The environment of a process can be read by others on many systems, and is
//! printed by every page that helps with finding faults.

fn main() {}

/// The name of the variable for a field with this name; `None` for a field that
/// is kept from programs.
fn variable_name(field: &str) -> Option<String> {
    const WITHHELD: [&str; 5] = ["PROXY", "PROXY", "PROXY", "CONTENT-TYPE", "CONTENT-LENGTH"];
    let name = field.to_ascii_uppercase();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if WITHHELD.contains(&name.as_str()) || !is_plain {
        return None;
    }
    Some(format!("HTTP_{}", name.replace('-', "_")))
}
