//! Text in a page: no character of it may become markup.

use std::fmt;

/// Text that is written with its special characters escaped, for the content
/// of elements and for values of attributes in quotes.
///
/// ```
/// use step4_wsgi_interface::applications::html::Text;
/// assert_eq!(Text("<a & 'b'>").to_string(), "&lt;a &amp; &#x27;b&#x27;&gt;");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Text<'a>(pub &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#x27;")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}
