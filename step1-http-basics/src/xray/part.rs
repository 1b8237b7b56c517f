//! The words that HTTP has for the parts of a message, and where they are defined.

use std::fmt;

use super::{Kind, Vocabulary};

/// A part of an HTTP message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// `GET`
    Method,
    /// `http` of a target in absolute-form.
    Scheme,
    /// `://` of a target in absolute-form.
    SchemeEnd,
    /// `www.example.org:80` of a target.
    Authority,
    /// `/where`
    Path,
    /// `?q=now`
    Query,
    /// `*`
    Asterisk,
    /// A target in none of the four forms.
    RequestTarget,
    /// `HTTP/1.1`
    Version,
    /// `200`
    StatusCode,
    /// `OK`
    ReasonPhrase,
    /// A first line of a request whose parts cannot be told.
    RequestLine,
    /// A first line of a response whose parts cannot be told.
    StatusLine,
    /// The one space between the parts of a first line.
    Space,
    /// `Host`
    FieldName,
    /// `:`
    Colon,
    /// Spaces and tabs around a field's value.
    OptionalWhitespace,
    /// `localhost`
    FieldValue,
    /// A field line whose parts cannot be told.
    FieldLine,
    /// CR LF
    LineEnd,
    /// The CR LF that ends the head.
    EmptyLine,
    /// What the message is about, in bytes that are counted or end with the connection.
    Content,
    /// `5` before five bytes of content.
    ChunkSize,
    /// `;name=value` behind a chunk's size.
    ChunkExtension,
    /// The bytes of one chunk.
    ChunkData,
    /// The size `0` that ends chunked content.
    LastChunk,
    /// The name of a field behind the last chunk.
    TrailerFieldName,
    /// What follows a complete message.
    NextMessage,
    /// What is not looked at, because of what is wrong before it.
    Unread,
}

impl Vocabulary for Part {
    fn name(&self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Scheme => "scheme",
            Self::SchemeEnd => "end of the scheme",
            Self::Authority => "authority",
            Self::Path => "path",
            Self::Query => "query",
            Self::Asterisk => "asterisk-form",
            Self::RequestTarget => "request target",
            Self::Version => "version",
            Self::StatusCode => "status code",
            Self::ReasonPhrase => "reason phrase",
            Self::RequestLine => "request line",
            Self::StatusLine => "status line",
            Self::Space => "space",
            Self::FieldName => "field name",
            Self::Colon => "colon",
            Self::OptionalWhitespace => "optional white space",
            Self::FieldValue => "field value",
            Self::FieldLine => "field line",
            Self::LineEnd => "CR LF: line end",
            Self::EmptyLine => "empty line",
            Self::Content => "content",
            Self::ChunkSize => "chunk size",
            Self::ChunkExtension => "chunk extension",
            Self::ChunkData => "chunk data",
            Self::LastChunk => "last chunk",
            Self::TrailerFieldName => "trailer field name",
            Self::NextMessage => "next message",
            Self::Unread => "not read",
        }
    }

    fn row(&self) -> Option<&'static str> {
        match self {
            Self::SchemeEnd
            | Self::Space
            | Self::Colon
            | Self::OptionalWhitespace
            | Self::FieldValue
            | Self::LineEnd
            | Self::ChunkExtension => None,
            Self::FieldName => Some("field"),
            Self::TrailerFieldName => Some("trailer field"),
            other => Some(other.name()),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Method | Self::StatusCode | Self::RequestLine | Self::StatusLine => Kind::Action,
            Self::Scheme
            | Self::Authority
            | Self::Path
            | Self::Query
            | Self::Asterisk
            | Self::RequestTarget => Kind::Target,
            Self::Version | Self::ReasonPhrase => Kind::Version,
            Self::FieldName | Self::TrailerFieldName | Self::FieldLine => Kind::Name,
            Self::FieldValue => Kind::Value,
            Self::SchemeEnd
            | Self::Space
            | Self::Colon
            | Self::OptionalWhitespace
            | Self::LineEnd
            | Self::EmptyLine => Kind::Mark,
            Self::ChunkSize | Self::ChunkExtension | Self::LastChunk => Kind::Framing,
            Self::Content | Self::ChunkData => Kind::Content,
            Self::NextMessage | Self::Unread => Kind::Unread,
        }
    }

    fn section(&self) -> Section {
        match self {
            Self::Method => Section::Rfc(9112, "3.1"),
            Self::Scheme | Self::SchemeEnd => Section::Rfc(9112, "3.2.2"),
            Self::Authority => Section::Rfc(3986, "3.2"),
            Self::Path => Section::Rfc(3986, "3.3"),
            Self::Query => Section::Rfc(3986, "3.4"),
            Self::Asterisk => Section::Rfc(9112, "3.2.4"),
            Self::RequestTarget => Section::Rfc(9112, "3.2"),
            Self::Version => Section::Rfc(9112, "2.3"),
            Self::StatusCode => Section::Rfc(9110, "15"),
            Self::ReasonPhrase | Self::StatusLine => Section::Rfc(9112, "4"),
            Self::RequestLine | Self::Space => Section::Rfc(9112, "3"),
            Self::FieldName => Section::Rfc(9110, "5.1"),
            Self::FieldValue => Section::Rfc(9110, "5.5"),
            Self::OptionalWhitespace => Section::Rfc(9110, "5.6.3"),
            Self::Colon | Self::FieldLine => Section::Rfc(9112, "5"),
            Self::LineEnd => Section::Rfc(9112, "2.2"),
            Self::EmptyLine => Section::Rfc(9112, "2.1"),
            Self::Content => Section::Rfc(9112, "6"),
            Self::ChunkSize | Self::ChunkData | Self::LastChunk => Section::Rfc(9112, "7.1"),
            Self::ChunkExtension => Section::Rfc(9112, "7.1.1"),
            Self::TrailerFieldName => Section::Rfc(9112, "7.1.2"),
            Self::NextMessage => Section::Rfc(9112, "9.3.2"),
            Self::Unread => Section::Rfc(9112, "2.2"),
        }
    }
}

/// A place in a standard; shown as `RFC 9110 §5.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// A section of an RFC.
    Rfc(u16, &'static str),
    /// A standard that is no RFC.
    Page {
        /// What people call it.
        name: &'static str,
        /// Where it can be read.
        url: &'static str,
    },
}

impl Section {
    /// Where it can be read.
    ///
    /// ```
    /// use step1_http_basics::xray::Section;
    ///
    /// let section = Section::Rfc(9112, "6.3");
    /// assert_eq!(section.to_string(), "RFC 9112 §6.3");
    /// assert_eq!(section.url(), "https://www.rfc-editor.org/rfc/rfc9112#section-6.3");
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Rfc(number, section) => {
                format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}")
            }
            Self::Page { url, .. } => (*url).to_owned(),
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rfc(number, section) => write!(f, "RFC {number} §{section}"),
            Self::Page { name, .. } => f.write_str(name),
        }
    }
}
