//! From the content of an upload to its parts.
//!
//! Chapter 4 · RFC 7578, RFC 2046 §5.1.1
//!
//! *Strategy*: between two parts stands a line that the client has chosen so
//! that it occurs in none of them. So content is cut at that line, and each part
//! is cut at its first empty line, into fields and bytes; the bytes may be any.

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part<'c> {
    /// The name of the form's field.
    pub(crate) name: String,
    /// The name of the file, as the client calls it. It is not a path.
    pub(crate) file_name: Option<String>,
    /// Its bytes.
    pub(crate) content: &'c [u8],
}

/// The line between parts, as the media type names it.
pub(crate) fn boundary(media_type: &str) -> Option<&str> {
    let (kind, parameters) = media_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then_some(value)
    })?;
    let value = value.trim_matches('"');
    (!value.is_empty()).then_some(value)
}

/// The parts of some content; `None` if it is not what `boundary` says.
pub(crate) fn parts<'c>(content: &'c [u8], boundary: &str) -> Option<Vec<Part<'c>>> {
    let line = format!("\r\n--{boundary}");
    let mut rest = content.strip_prefix(&line.as_bytes()[2..])?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let (head, after) = split_at(rest, b"\r\n\r\n")?;
        let (content, after) = split_at(after, line.as_bytes())?;
        parts.push(part(&String::from_utf8_lossy(head), content)?);
        rest = after;
    }
    Some(parts)
}

fn part<'c>(head: &str, content: &'c [u8]) -> Option<Part<'c>> {
    let disposition = head.split("\r\n").find_map(|field| {
        let (name, value) = field.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let parameter = |wanted: &str| {
        let start = disposition.find(&format!("; {wanted}=\""))? + wanted.len() + 4;
        let value = &disposition[start..];
        Some(value[..value.find('"')?].to_owned())
    };
    Some(Part { name: parameter("name")?, file_name: parameter("filename"), content })
}

fn split_at<'c>(content: &'c [u8], separator: &[u8]) -> Option<(&'c [u8], &'c [u8])> {
    let at = content.windows(separator.len()).position(|window| window == separator)?;
    Some((&content[..at], &content[at + separator.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPLOAD: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n\
        --b\r\ncontent-disposition: form-data; name=\"f\"; filename=\"a.bin\"\r\n\
        Content-Type: application/octet-stream\r\n\r\n\x00\r\n--\r\n\xff\r\n--b--\r\n";

    #[test]
    fn parts_hold_any_bytes() {
        let parts = parts(UPLOAD, "b").unwrap();
        let note = Part { name: "note".to_owned(), file_name: None, content: b"hi" };
        let file = Part {
            name: "f".to_owned(),
            file_name: Some("a.bin".to_owned()),
            content: b"\x00\r\n--\r\n\xff",
        };
        assert_eq!(parts, [note, file]);
    }

    #[test]
    fn what_breaks_off_is_no_upload() {
        for length in 0..UPLOAD.len() - 4 {
            assert_eq!(parts(&UPLOAD[..length], "b"), None, "{length}");
        }
        assert_eq!(parts(UPLOAD, "c"), None);
    }

    #[test]
    fn the_boundary_stands_in_the_media_type() {
        assert_eq!(boundary("multipart/form-data; boundary=x-y"), Some("x-y"));
        assert_eq!(boundary("Multipart/Form-Data;charset=a; BOUNDARY=\"x y\""), Some("x y"));
        assert_eq!(boundary("multipart/form-data; boundary="), None);
        assert_eq!(boundary("multipart/mixed; boundary=x"), None);
        assert_eq!(boundary("text/plain"), None);
    }
}
