//! An exchange, and all that its observer saw.

use std::net::SocketAddr;
use std::time::Duration;

use http::Method;
use step1_http_basics::client::{
    self, ClientError, Closing, Event, Fault, Phase, Request, Settings, Url,
};
use step1_http_basics::framing::Framing;
use step1_http_basics::parse::ResponseHead;

/// What an observer saw, in few words.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) phases: Vec<Phase>,
    pub(crate) not_connected: Vec<SocketAddr>,
    pub(crate) sent: Vec<u8>,
    pub(crate) statuses: Vec<u16>,
    pub(crate) content: Vec<u8>,
    pub(crate) framing: Option<Framing>,
    pub(crate) trailers: Vec<(String, String)>,
    pub(crate) closing: Option<Closing>,
    pub(crate) left_out: Vec<String>,
}

/// A GET for the root of the server at this address.
pub(crate) fn get(address: SocketAddr) -> Request {
    request(Method::GET, &format!("http://{address}/"))
}

pub(crate) fn request(method: Method, url: &str) -> Request {
    Request::new(method, Url::parse(url).expect("a URL")).expect("a request")
}

/// Patient enough for a slow machine.
pub(crate) fn patient() -> Settings {
    Settings { timeout: super::scripted::DEADLINE, ..Settings::default() }
}

/// For tests that wait until the client gives up.
pub(crate) fn impatient() -> Settings {
    Settings { timeout: Duration::from_millis(500), ..Settings::default() }
}

/// Sends a request and notes what happens.
pub(crate) fn watch(
    request: &Request,
    settings: &Settings,
) -> (Result<ResponseHead, ClientError>, Seen) {
    let mut seen = Seen::default();
    let mut observer = |event: Event<'_>, _| {
        seen.note(&event);
        Ok(())
    };
    let result = client::exchange(request, settings, &mut observer);
    (result, seen)
}

/// Sends a request, follows redirects, and notes what happens.
pub(crate) fn watch_following(
    request: Request,
    settings: &Settings,
) -> (Result<ResponseHead, ClientError>, Seen) {
    let mut seen = Seen::default();
    let mut observer = |event: Event<'_>, _| {
        seen.note(&event);
        Ok(())
    };
    let result = client::follow(request, settings, &mut observer);
    (result, seen)
}

/// A request that must fail: in which phase, and why.
#[track_caller]
pub(crate) fn fails(request: &Request, settings: &Settings) -> (Phase, Fault, String) {
    let error = watch(request, settings).0.expect_err("the exchange fails");
    let text = error.to_string();
    assert!(text.starts_with(&format!("{}: ", error.phase)), "{text}");
    (error.phase, error.fault, text)
}

impl Seen {
    fn note(&mut self, event: &Event<'_>) {
        match event {
            Event::Begins(phase) => self.phases.push(*phase),
            Event::NotConnected(address, _) => self.not_connected.push(*address),
            Event::Sent { head, content, .. } => {
                self.sent.extend_from_slice(head);
                self.sent.extend_from_slice(content);
            }
            Event::Head { head, .. } => {
                self.statuses.push(head.status.as_u16());
                self.content.clear();
            }
            Event::Content(piece) => self.content.extend_from_slice(piece),
            Event::Received { content, framing, trailers } => {
                assert_eq!(*content, self.content.len() as u64);
                self.framing = Some(*framing);
                let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
                    (name.to_string(), value.to_str().unwrap_or_default().to_owned())
                };
                self.trailers = trailers.iter().map(line).collect();
            }
            Event::Closed(closing) => self.closing = Some(*closing),
            Event::Redirected { left_out, .. } => {
                self.left_out.extend(left_out.iter().map(ToString::to_string));
            }
            _ => {}
        }
    }
}
