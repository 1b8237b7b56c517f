//! A length is counted in bytes.
//!
//! Chapter 2 · RFC 9110 §8.6 · book/src/ch02-http/end.md
//!
//! `len` of a `str` is its length in UTF-8, which is what goes over the wire.

fn main() {}

/// A whole response, `200 OK`, with `text` as its content.
fn response(text: &str) -> String {
    let length = text.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{text}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a client reads: `Content-Length`, and all that stands behind the empty line.
    #[track_caller]
    fn read(response: &str) -> (usize, &str) {
        let rule = "RFC 9112 §2.1: each line of a head ends with CR LF, and an empty line ends it";
        let Some((head, behind)) = response.split_once("\r\n\r\n") else {
            panic!(
                "{rule}\n  your answer: {response:?}\n  expected:    \"…\\r\\n\\r\\n…\" in it\n"
            );
        };
        let bare = head.replace("\r\n", "").contains(['\r', '\n']);
        assert!(
            !bare,
            "{rule}\n  your answer: {head:?}\n  expected:    no \"\\n\" without \"\\r\"\n"
        );
        let lengths: Vec<&str> = head
            .split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .filter(|(name, _)| name.eq_ignore_ascii_case("Content-Length"))
            .map(|(_, value)| value.trim_matches([' ', '\t']))
            .collect();
        let rule = "RFC 9112 §6.3: without a length a client reads until the close: say it, 0 too";
        assert!(
            !lengths.is_empty(),
            "{rule}\n  your answer: {head:?}\n  expected:    Content-Length in it\n"
        );
        let rule = "RFC 9110 §8.6: there is one Content-Length, and it is digits";
        match lengths[..] {
            [length] if length.bytes().all(|byte| byte.is_ascii_digit()) => {
                (length.parse().unwrap_or_default(), behind)
            }
            _ => panic!("{rule}\n  your answer: {lengths:?}\n  expected:    one number\n"),
        }
    }

    #[track_caller]
    fn check(text: &str) {
        let response = response(text);
        let (length, behind) = read(&response);
        let rule =
            "RFC 9112 §6.3: the content is the text; bytes behind it would begin the next response";
        assert!(
            behind == text,
            "{rule}\n  text:                  {text:?}\n  behind the empty line: {behind:?}\n"
        );
        let rule = "RFC 9110 §8.6: Content-Length counts bytes, as they go over the wire";
        let (bytes, characters) = (text.len(), text.chars().count());
        assert!(
            length == bytes,
            "{rule}\n  text:        {text:?}: {bytes} bytes, {characters} characters\n  your answer: Content-Length: {length}\n  expected:    Content-Length: {bytes}\n"
        );
    }

    #[test]
    fn a_text_of_ascii() {
        check("hello");
        check("two\r\nlines\n");
    }

    #[test]
    fn a_text_of_more_than_ascii() {
        check("你好");
        check("café");
        check("👋🏽");
    }

    #[test]
    fn no_text_at_all() {
        check("");
    }
}
