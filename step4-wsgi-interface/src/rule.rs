//! What the contract demands, sentence by sentence.
//!
//! Chapter 5 · PEP 3333
//!
//! *Strategy*: a breach is a rule and what broke it. The rule knows the PEP's
//! own sentence and its section, so that whoever meets a breach can read on.
//!
//! ```
//! use step4_wsgi_interface::rule::{Rule, Side};
//!
//! let rule = Rule::HeaderValue;
//! assert_eq!(rule.side(), Side::Application);
//! assert!(rule.sentence().contains("must not include any control characters"));
//! ```

use std::fmt;

/// One breach of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// What was done instead.
    pub what: String,
}

/// Who has to keep a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The application, or middleware in its part as one.
    Application,
    /// The server or gateway, or middleware in its part as one.
    Gateway,
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident: $side:ident, $place:literal, $sentence:literal;)+) => {
        /// A rule of the contract that can be broken in Rust. (Those that the
        /// types keep, for example that a block is made of bytes, are absent.)
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Rule { $($(#[doc = $doc])+ $name,)+ }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)+];

            /// Who has to keep it.
            #[must_use]
            pub fn side(self) -> Side {
                match self { $(Rule::$name => Side::$side,)+ }
            }

            /// Where it stands: PEP 3333's section if nothing else is named.
            #[must_use]
            pub fn section(self) -> &'static str {
                match self { $(Rule::$name => $place,)+ }
            }

            /// The words of the standard.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(Rule::$name => $sentence,)+ }
            }
        }
    };
}

rules! {
    /// The response is begun before its content.
    StartBeforeBody: Application, "Specification Details",
        "the application must invoke the start_response() callable before the iterable yields its first body bytestring";
    /// It is begun once.
    StartOnce: Application, "The start_response() Callable",
        "it is a fatal error to call start_response without the exc_info argument if start_response has already been called within the current invocation of the application";
    /// An error that comes back from `start_response` is let through.
    ExcInfoTrapped: Application, "The start_response() Callable",
        "The application must not trap any exceptions raised by start_response, if it called start_response with exc_info";
    /// The status has its form.
    StatusForm: Application, "The start_response() Callable",
        "a string consisting of a Status-Code and a Reason-Phrase, in that order and separated by a single space, with no surrounding whitespace or other characters";
    /// The status has no control characters.
    StatusControl: Application, "The start_response() Callable",
        "The string must not contain control characters, and must not be terminated with a carriage return, linefeed, or combination thereof";
    /// A response of an application is a final one.
    StatusFinal: Application, "RFC 9110 §15.2",
        "The 1xx (Informational) class of status code indicates an interim response";
    /// A name is a field name.
    HeaderName: Application, "The start_response() Callable",
        "Each header_name must be a valid HTTP header field-name, without a trailing colon or other punctuation";
    /// A value has no control characters.
    HeaderValue: Application, "The start_response() Callable",
        "Each header_value must not include any control characters, including carriage returns or linefeeds, either embedded or at the end";
    /// No hop-by-hop fields.
    HopByHop: Application, "Other HTTP Features",
        "WSGI applications must not generate any \"hop-by-hop\" headers";
    /// The status is no field.
    StatusHeader: Application, "RFC 3875 §6.3.3",
        "The Status header field contains a 3-digit integer result code that indicates the level of success of the script's attempt to handle the request";
    /// All strings are native ones.
    Latin1: Application, "Unicode Issues",
        "It is a fatal error for an application to supply strings containing any other Unicode character or code point";
    /// A length is a number, and one.
    ContentLengthForm: Application, "RFC 9110 §8.6",
        "Content-Length = 1*DIGIT";
    /// No more content than was said.
    ContentTooLong: Application, "Handling the Content-Length Header",
        "the server should not transmit more bytes to the client than the header allows, and should stop iterating over the response when enough data has been sent, or raise an error if the application tries to write() past that point";
    /// No less either.
    ContentTooShort: Application, "Handling the Content-Length Header",
        "if the application does not provide enough data to meet its stated Content-Length, the server should close the connection and log or otherwise report the error";
    /// `write` is not for bodies.
    WriteInBody: Application, "The write() Callable",
        "Applications must not invoke write() from within their return iterable";
    /// Content says what it is.
    ContentType: Application, "RFC 9110 §8.3",
        "A sender that generates a message containing content SHOULD generate a Content-Type header field in that message unless the intended media type of the enclosed representation is unknown to the sender";
    /// Some responses have no content.
    NoContent: Application, "RFC 9110 §6.4.1",
        "All 1xx (Informational), 204 (No Content), and 304 (Not Modified) responses do not include content";
    /// Every request has a method.
    RequestMethod: Gateway, "environ Variables",
        "This cannot ever be an empty string, and so is always required";
    /// Every server has a name and a port.
    ServerNameAndPort: Gateway, "environ Variables",
        "SERVER_NAME and SERVER_PORT are required strings and must never be empty";
    /// The version of the protocol is told.
    ServerProtocol: Gateway, "environ Variables",
        "The following variables must be present, unless their value would be an empty string";
    /// A path begins with a slash.
    PathForm: Gateway, "RFC 3875 §4.1.5",
        "PATH_INFO = \"\" | ( \"/\" path )";
    /// The mount point is a path that does not end in a slash.
    ScriptNameForm: Gateway, "RFC 3875 §4.1.13",
        "SCRIPT_NAME = \"\" | ( \"/\" path )";
    /// A length is a number.
    ContentLengthVariable: Gateway, "RFC 3875 §4.1.2",
        "CONTENT_LENGTH = \"\" | 1*digit";
    /// Two fields have names of their own.
    HttpVariables: Gateway, "RFC 3875 §4.1.18",
        "The server SHOULD remove any header fields carrying authentication data, such as 'Authorization'; or that are available to the script in other variables, such as 'Content-Length' and 'Content-Type'";
    /// The version is 1.0.
    WsgiVersion: Gateway, "environ Variables",
        "The tuple (1, 0), representing WSGI version 1.0";
    /// The scheme is known.
    UrlScheme: Gateway, "environ Variables",
        "Normally, this will have the value \"http\" or \"https\", as appropriate";
    /// A server's own variables say whose they are.
    OwnNames: Gateway, "environ Variables",
        "These variables should be named using only lower-case letters, numbers, dots, and underscores, and should be prefixed with a name that is unique to the defining server or gateway";
    /// What has been sent cannot be replaced.
    ExcInfoIgnored: Gateway, "The start_response() Callable",
        "if exc_info is provided, and the HTTP headers have already been sent, start_response must raise an error";
    /// The content of the request ends.
    InputTooLong: Gateway, "Input and Error Streams",
        "The server is not required to read past the client's specified Content-Length, and should simulate an end-of-file condition if the application attempts to read past that point";
    /// A body is ended.
    NotClosed: Gateway, "Specification Details",
        "If the iterable returned by the application has a close() method, the server or gateway must call that method upon completion of the current request";
}

impl Rule {
    /// A breach of this rule.
    #[must_use]
    pub fn broken(self, what: impl Into<String>) -> Breach {
        Breach { rule: self, what: what.into() }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Application => "the application",
            Side::Gateway => "the gateway",
        })
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.rule.section();
        let standard = if place.starts_with("RFC") { "" } else { "PEP 3333, " };
        write!(
            f,
            "{} breaks the contract: {} ({standard}{place}: \"{}\")",
            self.rule.side(),
            self.what,
            self.rule.sentence()
        )
    }
}

impl std::error::Error for Breach {}
