//! A request that another program answers: how it leaves its connection, and what
//! its connection hears of it.
//!
//! Chapter 6 · FastCGI specification §6.2, RFC 3875 §6.2.2
//!
//! *Strategy*: to the connection it is as with the pool: somebody else works on the
//! answer, and a deadline runs. What differs is that nobody is woken by it and
//! that it can be stopped: when the client has gone, so has the errand.

use std::sync::Arc;
use std::time::Duration;

use http::Version;
use step1_http_basics::encode;
use step1_http_basics::framing::Framing;
use step1_http_basics::presence::{Sight, Watched};
use step2_static_server::error_page;
use step2_static_server::static_files::moved_to_folder;
use step3_cgi::fastcgi::fault::Fault;
use step3_cgi::fastcgi::script::Script;
use step3_cgi::meta_variables::MetaVariables;
use step3_cgi::site::{MOST_REDIRECTS, Owner, in_a_circle, redirected, to_no_path};

use super::complaints::Who;
use super::connection::{Answering, Connection, Flow, State, Step};
use super::relay::{Errand, News};
use super::socket::Follows;
use super::trace::recording;
use super::turn::Turn;
use crate::push::{AskedFor, Push};
use crate::relay::Relayed;
use crate::responder::Arrived;

/// No errand is looked at more often.
const A_WHILE: Duration = Duration::from_secs(1);

impl Connection {
    // ANCHOR: hand_on
    /// Hands a request on to whoever it belongs to, after so many local
    /// redirects.
    pub(super) fn hand_on(
        &mut self,
        owner: Owner<'_, Relayed>,
        request: Arrived<'static>,
        asked: AskedFor,
        redirects: usize,
        turn: &mut Turn<'_>,
    ) -> Step {
        let target = &request.head.target;
        let (relayed, resource) = match owner {
            Owner::Mounted(relayed, resource) => (relayed, resource),
            Owner::Nobody => return self.respond(request, asked, turn),
            Owner::WithoutSlash(folder) => {
                let moved = moved_to_folder(&folder, target.query());
                return self.answer(&asked, moved.into(), turn);
            }
        };
        let Some(script) = relayed.questions.script(&resource) else {
            let page = error_page::not_found(target.path(), "there is no such file");
            return self.answer(&asked, page.into(), turn);
        };
        let first = first_records(relayed, &script, &request);
        let service = turn.service;
        let (socket, server) = (Arc::clone(&self.socket), service.server.clone());
        let push = Push::new(socket, asked.clone(), server, service.record, None);
        match Errand::new(self.key, request, relayed.backend, script, first, push) {
            Ok(errand) => {
                self.deadline = turn.now + turn.relay.patience(relayed.backend);
                let errand = turn.relay.ask(errand.after(redirects), turn.now);
                self.await_answer(asked, Some(errand), turn)
            }
            Err(error) => {
                let fault = Fault::NoRoom(error);
                log::error!("cannot read what a request has brought: {fault}");
                self.answer(&asked, fault.response().into(), turn)
            }
        }
    }
    // ANCHOR_END: hand_on

    /// There is news of the errand.
    pub(super) fn relayed(&mut self, news: News, turn: &mut Turn<'_>) -> Flow {
        match news {
            News::Began(pushed) => self.began(pushed, turn),
            News::Answered(answer) => self.responded(*answer, turn),
            News::Redirected(request, path, redirects) => match self.leave() {
                State::Answering(answering) => {
                    let step = self.redirect(answering.asked, *request, &path, redirects, turn);
                    self.after(step, turn)
                }
                state => {
                    self.state = state;
                    Flow::Keep
                }
            },
        }
    }

    /// Answers as if another path of this site had been asked for.
    /// [RFC 3875 §6.2.2](https://www.rfc-editor.org/rfc/rfc3875#section-6.2.2)
    fn redirect(
        &mut self,
        asked: AskedFor,
        mut request: Arrived<'static>,
        path: &str,
        redirects: usize,
        turn: &mut Turn<'_>,
    ) -> Step {
        if redirects >= MOST_REDIRECTS {
            return self.answer(&asked, in_a_circle(path).into(), turn);
        }
        let Some(head) = redirected(&request.head, path) else {
            return self.answer(&asked, to_no_path(path).into(), turn);
        };
        (request.head, request.framing) = (head, Framing::None);
        drop(request.take_content());
        let owner = turn.relay.relays.owner(request.head.target.path());
        self.hand_on(owner, request, asked, redirects, turn)
    }

    /// The deadline has passed; the application may have got on meanwhile.
    pub(super) fn look_at_errand(
        &mut self,
        answering: Box<Answering>,
        turn: &mut Turn<'_>,
    ) -> Step {
        let Some(errand) = answering.errand else { return Step::Close };
        let pace = &turn.service.limits.pace;
        let unread = answering.pushed.as_ref().filter(|pushed| !pushed.is_empty());
        self.deadline = if let Some(pushed) = unread {
            // The time runs that the client takes.
            let Some(patience) = pushed.patience(pace, turn.now) else {
                let (now, who) = (turn.now, Who(self.peer));
                turn.deaf.say(now, format_args!("{who} does not read its answer: it is cut off"));
                self.state = State::Answering(answering);
                return Step::Close;
            };
            turn.now + patience
        } else if let Some(until) = turn.relay.until(errand).filter(|until| *until > turn.now) {
            // Until then the client may have begun to be slow, or the application
            // may have to be quicker than a queue.
            let timeout = turn.relay.timeout(errand).unwrap_or_default();
            until.min(turn.now + timeout.min(pace.stall).max(A_WHILE))
        } else if let Some(answer) = turn.relay.give_up(errand, turn.now) {
            return self.answer(&answering.asked, answer, turn);
        } else {
            // Its news are on their way.
            turn.now + A_WHILE
        };
        self.state = State::Answering(answering);
        Step::Wait
    }

    /// Whether a client that has ended its side has gone. It may still wait for its
    /// answer, which an interim response finds out: a socket that is closed answers
    /// it with a reset. It can be sent here, where nobody else sends.
    /// [RFC 9112 §9.5](https://www.rfc-editor.org/rfc/rfc9112#section-9.5)
    pub(super) fn has_gone(&mut self, turn: &Turn<'_>) -> bool {
        let State::Answering(answering) = &mut self.state else { return false };
        let Some(errand) = answering.errand else { return false };
        let version = answering.asked.version;
        let may_knock = !turn.relay.has_begun(errand) && version >= Version::HTTP_11;
        if may_knock && !std::mem::replace(&mut answering.has_knocked, true) {
            let sent = self.socket.send(encode::CONTINUE, Follows::Nothing);
            if let (Ok(Some(sent)), Some(recording)) = (sent, recording(&mut self.trace)) {
                recording.keep_sent(&encode::CONTINUE[..sent]);
            }
        }
        self.socket.look(version) == Sight::Gone
    }
}

/// The records of a request up to its content.
fn first_records(relayed: &Relayed, script: &Script, request: &Arrived<'_>) -> Vec<u8> {
    let has_content = matches!(request.framing, Framing::Length(_) | Framing::Chunked);
    let variables = MetaVariables {
        content_length: has_content.then(|| request.content.length()),
        local: request.local,
        peer: request.peer,
        scheme: request.scheme,
        ..MetaVariables::of(&request.head)
    };
    relayed.questions.first_records(script, variables)
}
