//! Wrong: the value is the second piece between colons.
//!
//! Breaks RFC 9112 §5: a name ends at the first colon; later ones belong to the value
//!
//! The port is lost, and with it every link that the server makes of `Host`.

fn main() {}

/// The value of the first field called `name` in the lines of a head.
fn field_value<'l>(lines: &[&'l str], name: &str) -> Option<&'l str> {
    for line in lines {
        let pieces: Vec<&'l str> = line.split(':').collect();
        if let [found, value, ..] = pieces[..]
            && found.eq_ignore_ascii_case(name)
        {
            return Some(value.trim_matches([' ', '\t']));
        }
    }
    None
}
