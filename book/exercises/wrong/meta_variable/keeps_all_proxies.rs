//! Wrong: whatever begins with Proxy is kept.
//!
//! Breaks RFC 3875 §4.1.18: only what must be kept is kept
//!
//! It is safe, and a program never hears of `Proxy-Status`. A list of names says
//! what is meant; a beginning says more than that.

fn main() {}

/// The name of the variable for a field with this name; `None` for a field that
/// is kept from programs.
fn variable_name(field: &str) -> Option<String> {
    const WITHHELD: [&str; 5] =
        ["PROXY", "AUTHORIZATION", "PROXY-AUTHORIZATION", "CONTENT-TYPE", "CONTENT-LENGTH"];
    let name = field.to_ascii_uppercase();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if WITHHELD.contains(&name.as_str()) || name.starts_with("PROXY") || !is_plain {
        return None;
    }
    Some(format!("HTTP_{}", name.replace('-', "_")))
}
