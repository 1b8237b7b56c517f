//! From a request to the variables that a program finds.
//!
//! Chapter 4 · RFC 3875 §4.1
//!
//! *Strategy*: the variables are visited one after the other and never put
//! together here, since whoever wants them has a form of his own: the
//! environment of a process, the parameters of FastCGI, the `environ` of step 4,
//! a dictionary of Python. Values lie in the request or on the stack; only one
//! that must be joined is made anew.
//!
//! What is left out matters as much as what is in: of the fields (`fields`) those
//! that a program must not see, and credentials (§9.2), unless whoever calls says
//! that the program is to check them itself ([`Credentials`]).
//!
//! ```
//! use step1_http_basics::{limits::Limits, parse};
//! use step3_cgi::meta_variables::MetaVariables;
//!
//! let bytes = b"GET /cgi-bin/hello/a%20b?x=%41 HTTP/1.1\r\nHost: localhost:8000\r\n\r\n";
//! let (head, _) = parse::request_head(bytes, &Limits::default()).unwrap().unwrap();
//! let mut seen = Vec::new();
//! MetaVariables { script_name: b"/cgi-bin/hello", path_info: b"/a b", ..MetaVariables::of(&head) }
//!     .visit(|name, value| seen.push(format!("{name}={}", value.escape_ascii())));
//! assert!(seen.contains(&"QUERY_STRING=x=%41".to_owned()));
//! assert!(seen.contains(&"PATH_INFO=/a b".to_owned()));
//! assert!(seen.contains(&"HTTP_HOST=localhost:8000".to_owned()));
//! ```

mod fields;
mod text;

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use http::Version;
use http::header::{CONTENT_TYPE, HOST};
use step1_http_basics::parse::RequestHead;

use text::Text;

/// What the variables are made of: a request, where its path was split, and
/// what the server knows besides.
#[derive(Debug, Clone, Copy)]
pub struct MetaVariables<'a> {
    /// Method, target, version and fields.
    pub head: &'a RequestHead,
    /// The part of the path, decoded, that names the program; it may be empty.
    pub script_name: &'a [u8],
    /// The rest of the path, decoded; empty if there is none.
    pub path_info: &'a [u8],
    /// How many bytes of content the program will find; `None` if there is no
    /// content.
    pub content_length: Option<u64>,
    /// Name and version of the server: `step3-cgi/0.1.0`.
    pub software: &'a str,
    /// How the request came.
    pub scheme: Scheme,
    /// The address that the request came to.
    pub local: Option<SocketAddr>,
    /// The address that it came from.
    pub peer: Option<SocketAddr>,
    /// The folder whose files the server sends, without a slash at the end.
    pub document_root: Option<&'a Path>,
    /// The file of the program.
    pub script_filename: Option<&'a Path>,
    /// Whether the program is told the credentials of the user.
    pub credentials: Credentials,
}

/// Whether a program is told what `Authorization` and `Proxy-Authorization` say.
/// [RFC 3875 §9.2](https://www.rfc-editor.org/rfc/rfc3875#section-9.2)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Credentials {
    /// It is not: passwords are for the server to check, and everybody on the
    /// machine may be able to see the environment of a process.
    #[default]
    Withheld,
    /// It is, as `HTTP_AUTHORIZATION` and so on: the application checks them
    /// itself, and gets its variables in a way that nobody else can see. So it is
    /// with FastCGI and WSGI.
    Passed,
}

/// What a URL of this server begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`: somebody in front of the server has done TLS.
    Https,
}

impl<'a> MetaVariables<'a> {
    /// The variables of a request of which nothing is known but its head.
    #[must_use]
    pub fn of(head: &'a RequestHead) -> Self {
        MetaVariables {
            head,
            script_name: b"",
            path_info: b"",
            content_length: None,
            software: "",
            scheme: Scheme::Http,
            local: None,
            peer: None,
            document_root: None,
            script_filename: None,
            credentials: Credentials::Withheld,
        }
    }

    // ANCHOR: visit
    /// Calls `variable` with the name and the value of each, no name twice.
    /// [RFC 3875 §4.1](https://www.rfc-editor.org/rfc/rfc3875#section-4.1)
    pub fn visit(&self, mut variable: impl FnMut(&str, &[u8])) {
        let target = &self.head.target;
        let mut made = Text::new();
        let mut joined = Vec::new();

        variable("GATEWAY_INTERFACE", b"CGI/1.1");
        variable("SERVER_SOFTWARE", self.software.as_bytes());
        variable("SERVER_PROTOCOL", protocol(self.head.version));
        variable("SERVER_NAME", self.server_name(&mut made));
        variable("SERVER_PORT", made.numbers(&[self.server_port()]));
        variable("REQUEST_METHOD", self.head.method.as_str().as_bytes());
        variable("SCRIPT_NAME", self.script_name);
        variable("QUERY_STRING", target.query().unwrap_or_default().as_bytes());
        if !self.path_info.is_empty() {
            variable("PATH_INFO", self.path_info);
            if let Some(root) = self.document_root {
                joined.extend_from_slice(root.as_os_str().as_bytes());
                joined.extend_from_slice(self.path_info);
                variable("PATH_TRANSLATED", &joined);
            }
        }
        if let Some(value) = self.head.fields.get(CONTENT_TYPE) {
            variable("CONTENT_TYPE", value.as_bytes());
        }
        if let Some(length) = self.content_length {
            variable("CONTENT_LENGTH", made.write(format_args!("{length}")));
        }
        let peer = match self.peer {
            Some(peer) => made.address(peer.ip()),
            None => b"",
        };
        variable("REMOTE_ADDR", peer);
        variable("REMOTE_HOST", peer);
        self.visit_usual(&mut made, &mut joined, &mut variable);
        self.visit_fields(&mut joined, &mut variable);
    }
    // ANCHOR_END: visit

    /// What the RFC does not have and programs look for nevertheless.
    fn visit_usual(
        &self,
        made: &mut Text,
        joined: &mut Vec<u8>,
        variable: &mut impl FnMut(&str, &[u8]),
    ) {
        let target = &self.head.target;
        variable(
            "REQUEST_URI",
            match target.query() {
                None => target.path().as_bytes(),
                Some(query) => {
                    joined.clear();
                    // Writing to a Vec cannot fail.
                    let _ = write!(joined, "{}?{query}", target.path());
                    joined
                }
            },
        );
        match self.scheme {
            Scheme::Http => variable("REQUEST_SCHEME", b"http"),
            Scheme::Https => {
                variable("REQUEST_SCHEME", b"https");
                variable("HTTPS", b"on");
            }
        }
        // A proxy that names its client seldom names the port.
        if let Some(peer) = self.peer.filter(|peer| peer.port() != 0) {
            variable("REMOTE_PORT", made.numbers(&[peer.port()]));
        }
        if let Some(local) = self.local {
            variable("SERVER_ADDR", made.address(local.ip()));
        }
        if let Some(root) = self.document_root {
            variable("DOCUMENT_ROOT", root.as_os_str().as_bytes());
        }
        if let Some(file) = self.script_filename {
            variable("SCRIPT_FILENAME", file.as_os_str().as_bytes());
            // PHP answers nobody who cannot show that a server called it.
            variable("REDIRECT_STATUS", b"200");
        }
    }

    /// The host that the client named; else the address that it reached.
    /// [RFC 3875 §4.1.14](https://www.rfc-editor.org/rfc/rfc3875#section-4.1.14)
    fn server_name<'t>(&'t self, made: &'t mut Text) -> &'t [u8] {
        let (host, _) = self.authority();
        match self.local.map(|local| local.ip().to_canonical()) {
            _ if !host.is_empty() => host.as_bytes(),
            Some(ip @ IpAddr::V4(_)) => made.address(ip),
            Some(IpAddr::V6(ip)) => made.write(format_args!("[{ip}]")),
            None => b"localhost",
        }
    }

    /// The port that the request came in at; where there are no ports, the one
    /// that the client named.
    /// [RFC 3875 §4.1.15](https://www.rfc-editor.org/rfc/rfc3875#section-4.1.15)
    fn server_port(&self) -> u16 {
        let usual = match self.scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        };
        match self.local {
            Some(local) => local.port(),
            None => self.authority().1.parse().unwrap_or(usual),
        }
    }

    /// Host and port, as the target or the `Host` field names them.
    fn authority(&self) -> (&str, &str) {
        let field = || self.head.fields.get(HOST).and_then(|value| value.to_str().ok());
        let authority = self.head.target.authority().or_else(field).unwrap_or_default();
        match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (authority, ""),
        }
    }
}

fn protocol(version: Version) -> &'static [u8] {
    if version == Version::HTTP_10 { b"HTTP/1.0" } else { b"HTTP/1.1" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use step1_http_basics::limits::Limits;
    use step1_http_basics::parse;

    fn head(request: &str) -> RequestHead {
        let bytes = request.replace('\n', "\r\n") + "\r\n";
        parse::request_head(bytes.as_bytes(), &Limits::default()).unwrap().unwrap().0
    }

    /// All variables by name; none comes twice.
    fn collect(variables: &MetaVariables<'_>) -> BTreeMap<String, String> {
        let mut map = BTreeMap::new();
        variables.visit(|name, value| {
            let value = value.iter().copied().map(char::from).collect();
            assert_eq!(map.insert(name.to_owned(), value), None, "{name} twice");
        });
        map
    }

    #[track_caller]
    fn check(request: &str, name: &str, expected: Option<&str>) {
        let head = head(request);
        let variables = collect(&MetaVariables::of(&head));
        assert_eq!(variables.get(name).map(String::as_str), expected, "{name} of {request:?}");
    }

    #[test]
    fn every_required_variable_is_there_and_has_its_form() {
        let head = head(
            "POST /cgi-bin/a%20b/c%2Cd?q=%C3%A9+1 HTTP/1.1\nHost: shop.example:8080\n\
             Content-Type: text/plain\nContent-Length: 3\nAccept-Language: en\n",
        );
        let variables = MetaVariables {
            script_name: b"/cgi-bin/a b",
            path_info: b"/c,d",
            content_length: Some(3),
            software: "step3-cgi/0.1.0",
            local: Some(([127, 0, 0, 1], 8000).into()),
            peer: Some(([127, 0, 0, 2], 40_000).into()),
            document_root: Some(Path::new("/srv/www")),
            script_filename: Some(Path::new("/srv/cgi-bin/a b")),
            ..MetaVariables::of(&head)
        };
        let expected = [
            ("CONTENT_LENGTH", "3"),
            ("CONTENT_TYPE", "text/plain"),
            ("DOCUMENT_ROOT", "/srv/www"),
            ("GATEWAY_INTERFACE", "CGI/1.1"),
            ("HTTP_ACCEPT_LANGUAGE", "en"),
            ("HTTP_HOST", "shop.example:8080"),
            ("PATH_INFO", "/c,d"),
            ("PATH_TRANSLATED", "/srv/www/c,d"),
            ("QUERY_STRING", "q=%C3%A9+1"),
            ("REDIRECT_STATUS", "200"),
            ("REMOTE_ADDR", "127.0.0.2"),
            ("REMOTE_HOST", "127.0.0.2"),
            ("REMOTE_PORT", "40000"),
            ("REQUEST_METHOD", "POST"),
            ("REQUEST_SCHEME", "http"),
            ("REQUEST_URI", "/cgi-bin/a%20b/c%2Cd?q=%C3%A9+1"),
            ("SCRIPT_FILENAME", "/srv/cgi-bin/a b"),
            ("SCRIPT_NAME", "/cgi-bin/a b"),
            ("SERVER_ADDR", "127.0.0.1"),
            ("SERVER_NAME", "shop.example"),
            ("SERVER_PORT", "8000"),
            ("SERVER_PROTOCOL", "HTTP/1.1"),
            ("SERVER_SOFTWARE", "step3-cgi/0.1.0"),
        ];
        let expected: BTreeMap<String, String> =
            expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(collect(&variables), expected);
    }

    #[test]
    fn what_a_request_does_not_have_is_not_set_but_the_query_is() {
        let request = "GET /x HTTP/1.0\n";
        for absent in ["PATH_INFO", "PATH_TRANSLATED", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTPS"] {
            check(request, absent, None);
        }
        check(request, "QUERY_STRING", Some(""));
        check(request, "SCRIPT_NAME", Some(""));
        check(request, "SERVER_PROTOCOL", Some("HTTP/1.0"));
    }

    #[test]
    fn a_name_is_what_the_client_calls_us() {
        let name = |request: &str, name| check(request, "SERVER_NAME", Some(name));
        name("GET / HTTP/1.1\nHost: a.example:81\n", "a.example");
        name("GET / HTTP/1.1\nHost: [::1]:81\n", "[::1]");
        name("GET / HTTP/1.1\nHost: [::1]\n", "[::1]");
        name("GET http://b.example:82/ HTTP/1.1\nHost: a.example\n", "b.example");
        name("GET / HTTP/1.0\n", "localhost");
        check("GET http://b.example:82/ HTTP/1.1\nHost: a\n", "HTTP_HOST", Some("b.example:82"));
        check("GET / HTTP/1.1\nHost: a:81\n", "SERVER_PORT", Some("81"));
        let head = head("GET / HTTP/1.0\n");
        let local = Some("[::1]:8000".parse().unwrap());
        let seen = collect(&MetaVariables { local, ..MetaVariables::of(&head) });
        assert_eq!(seen["SERVER_NAME"], "[::1]");
        assert_eq!(seen["SERVER_PORT"], "8000");
    }

    #[test]
    fn repeated_fields_are_joined() {
        let request = "GET / HTTP/1.1\nHost: a\nX-A: 1\nCookie: a=1\nX-A: 2\nCookie: b=2\nX-A: \n";
        check(request, "HTTP_X_A", Some("1, 2, "));
        check(request, "HTTP_COOKIE", Some("a=1; b=2"));
    }

    #[test]
    fn some_fields_are_kept_from_programs() {
        let fields = [
            "Proxy",
            "Authorization",
            "Proxy-Authorization",
            "Connection",
            "Keep-Alive",
            "TE",
            "Trailer",
            "Upgrade",
            "Expect",
            "Content-Length",
            "X_Real",
            "X.Real",
            "X-Hop",
        ];
        let lines: String = fields.iter().map(|name| format!("{name}: X-Hop\n")).collect();
        let lines = lines.replace("Content-Length: X-Hop", "Content-Length: 1");
        let head = head(&format!("GET / HTTP/1.1\nHost: a\nX-End: 1\n{lines}"));
        let seen = collect(&MetaVariables::of(&head));
        let http: Vec<_> = seen.keys().filter(|name| name.starts_with("HTTP_")).collect();
        assert_eq!(http, ["HTTP_HOST", "HTTP_X_END"]);
    }

    #[test]
    fn credentials_are_passed_to_whom_it_is_said_and_to_nobody_else() {
        let head = head(
            "GET / HTTP/1.1\nHost: a\nAuthorization: Basic YTpi\nProxy-Authorization: Basic Yzpk\n",
        );
        let names = |credentials| {
            let seen = collect(&MetaVariables { credentials, ..MetaVariables::of(&head) });
            let names = seen.into_iter().filter(|(name, _)| name.contains("AUTH"));
            names.collect::<Vec<_>>()
        };
        assert_eq!(names(Credentials::Withheld), []);
        let passed = [
            ("HTTP_AUTHORIZATION".to_owned(), "Basic YTpi".to_owned()),
            ("HTTP_PROXY_AUTHORIZATION".to_owned(), "Basic Yzpk".to_owned()),
        ];
        assert_eq!(names(Credentials::Passed), passed);
    }

    #[test]
    fn names_and_values_may_be_long_and_of_any_bytes() {
        let long = "x".repeat(200);
        let name = format!("HTTP_{}", long.to_ascii_uppercase());
        check(&format!("GET / HTTP/1.1\nHost: a\n{long}: 1\n"), &name, Some("1"));
        let bytes = b"GET / HTTP/1.1\r\nHost: a\r\nX-Bytes: \xff\xe9\r\n\r\n";
        let (head, _) = parse::request_head(bytes, &Limits::default()).unwrap().unwrap();
        assert_eq!(collect(&MetaVariables::of(&head))["HTTP_X_BYTES"], "\u{ff}\u{e9}");
    }
}
