//! Wrong: names of fields are compared as they stand.
//!
//! Breaks RFC 3875 §4.1.18: Proxy is kept from programs, whatever its case (CVE-2016-5385)
//!
//! A client writes `pROXY`, and the hole is open again. Fields have no case
//! (RFC 9110 §5.1), so whoever compares them must make them alike first.

fn main() {}

/// The name of the variable for a field with this name; `None` for a field that
/// is kept from programs.
fn variable_name(field: &str) -> Option<String> {
    const WITHHELD: [&str; 5] =
        ["Proxy", "Authorization", "Proxy-Authorization", "Content-Type", "Content-Length"];
    let name = field.to_ascii_uppercase();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if WITHHELD.contains(&field) || !is_plain {
        return None;
    }
    Some(format!("HTTP_{}", name.replace('-', "_")))
}
