//! The page as JSON.

use super::Seen;
use crate::framing::Framing;
use crate::xray::{Part, json, json_bytes, json_string};

pub(super) fn page(seen: &Seen<'_>) -> String {
    let head = seen.annotated_head();
    let mut fields = Vec::new();
    for span in &head.spans {
        let bytes = String::from_utf8_lossy(head.bytes_of(span));
        match span.part {
            Part::FieldName => fields.push((bytes, "".into())),
            Part::FieldValue => {
                if let Some((_, value)) = fields.last_mut() {
                    *value = bytes;
                }
            }
            _ => {}
        }
    }
    let fields = fields
        .iter()
        .map(|(name, value)| format!("[{}, {}]", json_string(name), json_string(value)));
    let framing = match seen.content.framing {
        Framing::None => "none",
        Framing::Length(_) => "length",
        Framing::Chunked => "chunked",
        Framing::UntilClose => "until close",
    };
    let target = &seen.head.target;
    let members = [
        ("method", json_string(seen.head.method.as_str())),
        ("target", json_string(&String::from_utf8_lossy(seen.raw_target()))),
        ("path", json_string(target.path())),
        ("path_decoded", json_string(&String::from_utf8_lossy(&seen.path()))),
        ("query", target.query().map_or_else(|| "null".to_owned(), json_string)),
        ("query_decoded", pairs(&seen.query_pairs())),
        ("version", json_string(&format!("{:?}", seen.head.version))),
        ("fields", format!("[{}]", fields.collect::<Vec<_>>().join(",\n    "))),
        (
            "content",
            format!(
                "{{\"length\": {}, \"framing\": \"{framing}\", {}}}",
                seen.content.length,
                json_bytes(&seen.content.bytes)
            ),
        ),
        ("form_decoded", pairs(&seen.form_pairs())),
        ("head", json(&head)),
    ];
    let members = members.map(|(name, value)| format!("  \"{name}\": {value}"));
    format!("{{\n{}\n}}\n", members.join(",\n"))
}

fn pairs(pairs: &[(Vec<u8>, Vec<u8>)]) -> String {
    let text = |bytes: &[u8]| json_string(&String::from_utf8_lossy(bytes));
    let pairs = pairs.iter().map(|(name, value)| format!("[{}, {}]", text(name), text(value)));
    format!("[{}]", pairs.collect::<Vec<_>>().join(", "))
}
