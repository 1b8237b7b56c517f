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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, field: &str, expected: Option<&str>) {
        let answer = variable_name(field);
        assert!(
            answer.as_deref() == expected,
            "{rule}\n  field:       {field}\n  your answer: {answer:?}\n  expected:    {expected:?}\n"
        );
    }

    #[test]
    fn a_field_becomes_a_variable() {
        let rule = "RFC 3875 §4.1.18: HTTP_, the name in capitals, _ for each -";
        check(rule, "Accept-Language", Some("HTTP_ACCEPT_LANGUAGE"));
        check(rule, "host", Some("HTTP_HOST"));
        check(rule, "X-Request-Id2", Some("HTTP_X_REQUEST_ID2"));
        check(rule, "Sec-CH-UA", Some("HTTP_SEC_CH_UA"));
    }

    #[test]
    fn a_proxy_is_not_named_by_a_client() {
        let rule =
            "RFC 3875 §4.1.18: Proxy is kept from programs, whatever its case (CVE-2016-5385)";
        check(rule, "Proxy", None);
        check(rule, "proxy", None);
        check(rule, "pROXY", None);
    }

    #[test]
    fn fields_that_only_look_like_it_are_passed_on() {
        let rule = "RFC 3875 §4.1.18: only what must be kept is kept";
        check(rule, "Proxy-Status", Some("HTTP_PROXY_STATUS"));
        check(rule, "X-Proxy", Some("HTTP_X_PROXY"));
        check(rule, "Content-Encoding", Some("HTTP_CONTENT_ENCODING"));
    }

    #[test]
    fn passwords_are_not_passed_on() {
        let rule = "RFC 3875 §9.2: credentials are for the server to check, and not for programs";
        check(rule, "Authorization", None);
        check(rule, "authorization", None);
        check(rule, "Proxy-Authorization", None);
    }

    #[test]
    fn what_has_a_variable_of_its_own_gets_no_second() {
        let rule = "RFC 3875 §4.1.18: CONTENT_TYPE and CONTENT_LENGTH have no second variable";
        check(rule, "Content-Type", None);
        check(rule, "content-length", None);
    }

    #[test]
    fn two_fields_never_share_a_variable() {
        let rule = "RFC 3875 §4.1.18: a name with an underscore would get another field's variable";
        check(rule, "X_Real", None);
        check(rule, "X-Real_IP", None);
        check(rule, "X.Real", None);
        check(rule, "Content_Length", None);
    }
}
