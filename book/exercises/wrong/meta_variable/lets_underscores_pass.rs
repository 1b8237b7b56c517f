//! Wrong: a name may hold anything.
//!
//! Breaks RFC 3875 §4.1.18: a name with an underscore would get another field's variable
//!
//! A proxy in front sets `X-Real-IP`, and lets `X_Real_IP` of the client pass. Both are
//! HTTP_X_REAL_IP, and which of them wins is luck.

fn main() {}

/// The name of the variable for a field with this name; `None` for a field that
/// is kept from programs.
fn variable_name(field: &str) -> Option<String> {
    const WITHHELD: [&str; 5] =
        ["PROXY", "AUTHORIZATION", "PROXY-AUTHORIZATION", "CONTENT-TYPE", "CONTENT-LENGTH"];
    let name = field.to_ascii_uppercase();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if WITHHELD.contains(&name.as_str()) {
        return None;
    }
    Some(format!("HTTP_{}", name.replace('-', "_")))
}
