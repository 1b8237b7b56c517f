//! The x-ray: from bytes to the same bytes, each part named.
//!
//! Chapter 2 · RFC 9110, RFC 9112
//!
//! *Strategy*: a message is cut into spans that lie side by side and cover it
//! whole, whatever it holds. The cutting looks for spaces, colons and line ends
//! and knows no rules; whether the message is right, and where it stops being
//! right, is asked of the functions that the server itself uses (`parse`,
//! `framing`, `chunked`). How spans are shown is a matter of its own: as text
//! for a terminal, as HTML for the page and the book, as JSON for programs.
//!
//! Every view of the wire is made of the same two types, [`Annotated`] and
//! [`Span`]; what differs is the [`Vocabulary`]: [`Part`] for HTTP here, other
//! words for other protocols in later steps.
//!
//! | file | question |
//! |---|---|
//! | `part` | what can a part of a message be? |
//! | `scanner`, `head`, `message`, `chunks` | which bytes are which part? |
//! | `notes` | what does this part say, in a few words? |
//! | `visible` | how is a byte shown that cannot be seen? |
//! | `text`, `html`, `json` | how are the spans shown? |
//! | `exchange` | what does a server print about one exchange? |
//!
//! ```
//! use step1_http_basics::xray::{self, Part};
//!
//! let annotated = xray::request(b"GET /a?b HTTP/1.1\r\nHost: localhost\r\n\r\n");
//! let parts: Vec<Part> = annotated.spans.iter().map(|span| span.part).collect();
//! assert_eq!(parts[..5], [Part::Method, Part::Space, Part::Path, Part::Query, Part::Space]);
//! assert_eq!(annotated.bytes_of(&annotated.spans[2]), b"/a");
//! ```

use std::borrow::Cow;
use std::ops::Range;

mod chunks;
mod exchange;
mod head;
mod html;
mod json;
mod message;
mod notes;
mod part;
mod scanner;
mod text;
mod visible;

pub use exchange::{full, summary};
pub use html::{CSS, escape, html_fragment};
pub(crate) use json::json_bytes;
pub use json::{json, json_string};
pub use message::{request, request_head, response, response_head};
pub(crate) use notes::decode_path;
pub use part::{Part, Section};
pub(crate) use text::wrap;
pub use text::{Colour, Style, text};
pub use visible::{grouped, visible};

/// Bytes, and what each of them is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated<'b, P = Part> {
    /// The bytes, as they went over the wire.
    pub bytes: &'b [u8],
    /// Side by side, from the first byte to the last, none of them empty.
    pub spans: Vec<Span<P>>,
}

/// Some bytes in a row that are one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span<P = Part> {
    /// Where they are.
    pub range: Range<usize>,
    /// What they are.
    pub part: P,
    /// Where the standard speaks of it.
    pub section: Section,
    /// What it says here, in a few words.
    pub note: Option<Cow<'static, str>>,
    /// What is wrong here.
    pub fault: Option<String>,
}

/// The words that a protocol has for the parts of its messages.
///
/// ```
/// use step1_http_basics::xray::{Annotated, Kind, Section, Span, Style, Vocabulary, text};
///
/// /// A netstring, `5:hello,`, has three parts.
/// #[derive(Clone, Copy)]
/// enum Netstring { Length, Payload, Comma }
///
/// impl Vocabulary for Netstring {
///     fn name(&self) -> &'static str {
///         match self { Self::Length => "length", Self::Payload => "payload", Self::Comma => "comma" }
///     }
///     fn row(&self) -> Option<&'static str> {
///         (!matches!(self, Self::Comma)).then_some(self.name())
///     }
///     fn kind(&self) -> Kind { Kind::Content }
///     fn section(&self) -> Section {
///         Section::Page { name: "netstrings", url: "https://cr.yp.to/proto/netstrings.txt" }
///     }
/// }
///
/// let spans = vec![
///     Span::new(0..2, Netstring::Length).with_note("5 bytes follow"),
///     Span::new(2..7, Netstring::Payload),
///     Span::new(7..8, Netstring::Comma),
/// ];
/// let shown = text(&Annotated { bytes: b"5:hello,", spans }, Style::default());
/// assert!(shown.contains("hello,"));
/// assert!(shown.contains("length: 5 bytes follow"));
/// ```
pub trait Vocabulary {
    /// The standard's name of the part.
    fn name(&self) -> &'static str;
    /// What to call the row that begins with this part, where a message is
    /// shown row by row; `None` for a part that belongs to the row before it,
    /// such as the end of a line.
    fn row(&self) -> Option<&'static str>;
    /// The family it belongs to, for colours.
    fn kind(&self) -> Kind;
    /// Where the standard speaks of it.
    fn section(&self) -> Section;
}

/// Families of parts; each has a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What is to be done, or was: a method, a status code.
    Action,
    /// What it is done to: a request target.
    Target,
    /// Which version of the protocol is spoken.
    Version,
    /// The name of a field or a variable.
    Name,
    /// Its value.
    Value,
    /// What only separates: spaces, colons, line ends.
    Mark,
    /// Sizes and types that say how content is cut into pieces.
    Framing,
    /// Content.
    Content,
    /// What no reader would look at.
    Unread,
}

impl<P: Vocabulary> Annotated<'_, P> {
    /// The bytes of one span.
    #[must_use]
    pub fn bytes_of(&self, span: &Span<P>) -> &[u8] {
        self.bytes.get(span.range.clone()).unwrap_or_default()
    }

    /// The spans by rows: each row begins with a part that has a name for it.
    pub fn rows(&self) -> impl Iterator<Item = &[Span<P>]> {
        self.spans.chunk_by(|_, next| next.part.row().is_none())
    }

    /// What is wrong with the message, if anything is.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.spans.iter().find_map(|span| span.fault.as_deref())
    }
}

impl<P: Vocabulary> Span<P> {
    /// A span with nothing more to say about it.
    #[must_use]
    pub fn new(range: Range<usize>, part: P) -> Self {
        let section = part.section();
        Span { range, part, section, note: None, fault: None }
    }

    /// The same span with a note.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<Cow<'static, str>>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The same span with a section that is closer to it than its part's.
    #[must_use]
    pub fn with_section(mut self, section: Section) -> Self {
        self.section = section;
        self
    }
}
