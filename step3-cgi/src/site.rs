//! Who answers: a program, if one is mounted there, else the files.
//!
//! Chapter 4 · RFC 3875 §3.3, §6.2.2
//!
//! *Strategy*: the path is taken apart once, by step 2's `resolve`; then the
//! mounts are tried in order, and what belongs to none of them is a file. A
//! program may answer with another path of this site (a *local redirect*): then
//! the site is asked again, as if that path had been requested.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{Method, StatusCode};
use step1_http_basics::framing::Framing;
use step1_http_basics::handler::{Handler, Request, Response};
use step1_http_basics::parse::RequestHead;
use step1_http_basics::target::RequestTarget;
use step2_static_server::error_page;
use step2_static_server::resolve::Resource;
use step2_static_server::static_files::moved_to_folder;

/// After so many local redirects it is taken for a circle.
pub const MOST_REDIRECTS: usize = 10;

/// What runs programs: it answers the requests of a mount.
pub trait Gateway: Send + Sync {
    /// Answers a request whose path was taken apart.
    fn answer(&self, request: &mut Request<'_>, resource: &Resource) -> Answer;

    /// The program that stands for this folder, if there is one: `index.php`.
    fn index(&self, _folder: &Resource) -> Option<Resource> {
        None
    }
}

/// The answer of a gateway.
#[derive(Debug)]
pub enum Answer {
    /// A response, to be sent.
    Response(Response),
    /// Another path of this site, with its query, to be answered instead.
    /// [RFC 3875 §6.2.2](https://www.rfc-editor.org/rfc/rfc3875#section-6.2.2)
    LocalRedirect(String),
}

/// Which paths a gateway answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// `/prefix/`: this folder, and all that is below it.
    Prefix(Resource),
    /// `.ext`: every path with a segment that ends so, such as `/a.php/b`.
    Extension(String),
}

/// Why a text is no [`Where`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhereError(String);

/// Who answers which paths.
#[derive(Debug)]
pub struct Mounts<G> {
    mounts: Vec<(Where, G)>,
}

/// Whose a path is.
#[derive(Debug)]
pub enum Owner<'m, G> {
    /// This one's, and it is to answer this path.
    Mounted(&'m G, Resource),
    /// A mount's, if the folder had its slash.
    WithoutSlash(Resource),
    /// That of none of them: it is a file's.
    Nobody,
}

impl<G> Default for Mounts<G> {
    fn default() -> Self {
        Mounts { mounts: Vec::new() }
    }
}

impl<G> Mounts<G> {
    /// One more; earlier ones are asked first.
    pub fn add(&mut self, place: Where, gateway: G) {
        self.mounts.push((place, gateway));
    }

    /// Whose this path is. For a folder that belongs to nobody, `index` says
    /// which program of a mount stands for it, if one does.
    pub fn owner(
        &self,
        path: &str,
        index: impl Fn(&G, &Resource) -> Option<Resource>,
    ) -> Owner<'_, G> {
        if self.mounts.is_empty() {
            return Owner::Nobody;
        }
        // What has no path, such as `OPTIONS *`, or a bad one, is not for programs.
        let Ok(resource) = Resource::parse_any(path) else { return Owner::Nobody };
        for (place, gateway) in &self.mounts {
            if place.is_folder_without_slash(&resource) {
                return Owner::WithoutSlash(resource);
            }
            if place.script_ends_after(&resource).is_some() {
                return Owner::Mounted(gateway, resource);
            }
        }
        if !resource.is_folder() {
            return Owner::Nobody;
        }
        let mut indices = self.mounts.iter().filter_map(|(_, gateway)| {
            index(gateway, &resource).map(|index| Owner::Mounted(gateway, index))
        });
        indices.next().unwrap_or(Owner::Nobody)
    }
}

/// Programs where they are mounted, and files everywhere else.
pub struct Site<'s> {
    mounts: Mounts<Box<dyn Gateway + 's>>,
    files: &'s dyn Handler,
}

impl<'s> Site<'s> {
    /// A site of files alone.
    #[must_use]
    pub fn new(files: &'s dyn Handler) -> Self {
        Site { mounts: Mounts::default(), files }
    }

    /// The same site with a gateway more; earlier ones are asked first.
    #[must_use]
    pub fn mount(mut self, place: Where, gateway: impl Gateway + 's) -> Self {
        self.mounts.add(place, Box::new(gateway));
        self
    }

    fn answer(&self, request: &mut Request<'_>) -> Answer {
        let target = &request.head.target;
        match self.mounts.owner(target.path(), |gateway, folder| gateway.index(folder)) {
            Owner::Mounted(gateway, resource) => gateway.answer(request, &resource),
            Owner::WithoutSlash(folder) => {
                Answer::Response(moved_to_folder(&folder, target.query()))
            }
            Owner::Nobody => Answer::Response(self.files.handle(request)),
        }
    }
}

impl Handler for Site<'_> {
    // ANCHOR: handle
    fn handle(&self, request: &mut Request<'_>) -> Response {
        let mut path = match self.answer(request) {
            Answer::Response(response) => return response,
            Answer::LocalRedirect(path) => path,
        };
        for _ in 1..MOST_REDIRECTS {
            let Some(head) = redirected(&request.head, &path) else { return to_no_path(&path) };
            let presence = request.presence.clone();
            let (framing, content) = (Framing::None, &mut io::empty());
            match self.answer(&mut Request { head, framing, content, presence, ..*request }) {
                Answer::Response(response) => return response,
                Answer::LocalRedirect(next) => path = next,
            }
        }
        in_a_circle(&path)
    }
    // ANCHOR_END: handle
}

/// The head of the request that would have been made for this path: without
/// content, which went to the program that redirects. `None`: it is no path.
#[must_use]
pub fn redirected(head: &RequestHead, path: &str) -> Option<RequestHead> {
    let mut head = head.clone();
    if head.method != Method::HEAD {
        head.method = Method::GET;
    }
    head.target = RequestTarget::parse(&head.method, path).ok()?;
    for name in [CONTENT_LENGTH, CONTENT_TYPE, CONTENT_ENCODING, TRANSFER_ENCODING] {
        head.fields.remove(name);
    }
    Some(head)
}

/// What the client is told then.
#[must_use]
pub fn to_no_path(path: &str) -> Response {
    log::error!("a local redirect to {path:?}, which is no path");
    bad_gateway("A program sent this request to a place that is none.")
}

/// What the client is told after [`MOST_REDIRECTS`].
#[must_use]
pub fn in_a_circle(path: &str) -> Response {
    log::error!("local redirects in a circle, at {path}");
    bad_gateway("Programs sent this request round in a circle.")
}

/// A path, cut after `length` names: `SCRIPT_NAME` and `PATH_INFO`, both decoded.
pub(crate) fn split(resource: &Resource, length: usize) -> (Vec<u8>, Vec<u8>) {
    let join = |names: &[OsString]| {
        let mut path = Vec::new();
        for name in names {
            path.push(b'/');
            path.extend_from_slice(name.as_encoded_bytes());
        }
        path
    };
    let (name, rest) = resource.segments().split_at(length);
    let mut path_info = join(rest);
    if resource.is_folder() {
        path_info.push(b'/');
    }
    (join(name), path_info)
}

fn bad_gateway(sentence: &str) -> Response {
    error_page::page(StatusCode::BAD_GATEWAY, sentence)
}

impl Where {
    /// `/cgi-bin/`, where programs have been since 1993.
    #[must_use]
    pub fn cgi_bin() -> Self {
        Where::Prefix(Resource::of_folder("cgi-bin"))
    }

    /// Reads `/prefix/` or `.ext`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, WhereError> {
        match (text.strip_prefix('.'), Resource::parse(text)) {
            (Some(extension), _) if !extension.is_empty() && !extension.contains(['/', '.']) => {
                Ok(Where::Extension(text.to_owned()))
            }
            (None, Ok(folder)) if text.starts_with('/') && folder.is_folder() => {
                Ok(Where::Prefix(folder))
            }
            _ => Err(WhereError(text.to_owned())),
        }
    }

    /// How many segments of this path name the mount, or with an extension the
    /// program, so that the rest is for the gateway; `None` if it is not for
    /// this one.
    #[must_use]
    pub fn script_ends_after(&self, resource: &Resource) -> Option<usize> {
        let segments = resource.segments();
        match self {
            Where::Prefix(folder) => {
                segments.starts_with(folder.segments()).then_some(folder.segments().len())
            }
            Where::Extension(extension) => {
                let ends = |name: &OsStr| {
                    let name = name.as_encoded_bytes();
                    name.len() > extension.len() && name.ends_with(extension.as_bytes())
                };
                segments.iter().position(|name| ends(name)).map(|at| at + 1)
            }
        }
    }

    /// `/prefix`: relative links in what `/prefix/` answers would go wrong.
    fn is_folder_without_slash(&self, resource: &Resource) -> bool {
        match self {
            Where::Prefix(folder) => {
                !resource.is_folder() && folder.segments() == resource.segments()
            }
            Where::Extension(_) => false,
        }
    }
}

impl fmt::Display for WhereError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is neither /prefix/, with a slash at both ends, nor .ext", self.0)
    }
}

impl std::error::Error for WhereError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(place: &str, path: &str, expected: Option<usize>) {
        let resource = Resource::parse_any(path).unwrap();
        let place = Where::parse(place).unwrap();
        assert_eq!(place.script_ends_after(&resource), expected, "{path}");
    }

    #[test]
    fn a_prefix_is_compared_name_by_name() {
        check("/cgi-bin/", "/cgi-bin/", Some(1));
        check("/cgi-bin/", "/cgi-bin/a/b", Some(1));
        check("/cgi-bin/", "//cgi%2Dbin/./a", Some(1));
        check("/cgi-bin/", "/x/../cgi-bin/a", Some(1));
        check("/cgi-bin/", "/cgi-binary/a", None);
        check("/cgi-bin/", "/cgi-bin/../a", None);
        check("/a/b/", "/a/b/c", Some(2));
        check("/", "/anything", Some(0));
    }

    #[test]
    fn an_extension_ends_a_segment() {
        check(".php", "/a.php", Some(1));
        check(".php", "/a/b.php/c/d.php", Some(2));
        check(".php", "/a.php5", None);
        check(".php", "/.php", None);
        check(".php", "/a.html", None);
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["", "cgi-bin", "/cgi-bin", "cgi-bin/", ".", "./", ".a/", ".a.b", "/a%2/"] {
            assert!(Where::parse(text).is_err(), "{text}");
        }
    }
}
