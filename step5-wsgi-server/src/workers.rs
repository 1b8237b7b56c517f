//! A bounded pool of threads for whatever may take long.
//!
//! Chapter 6
//!
//! *Strategy*: the loop puts jobs into one queue, and any idle thread takes the
//! oldest. A thread has a job for as long as an application runs, never for as
//! long as a client reads: what it made goes back to the loop, which is woken
//! for it. New requests wait in a queue of fixed length; when that is full too,
//! they are answered 503 at once, which helps a client more than waiting.
//!
//! ```text
//!            submit                    take
//!  loop ───────────────► queue ───────────────► thread ─┐
//!    ▲                                                  │ respond, next piece
//!    └────────── waker ◄────────── done ◄───────────────┘
//! ```

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use http::HeaderValue;
use mio::Waker;
pub(crate) use step1_http_basics::handler::drop_contained;

use crate::event_loop::{Key, Socket};
use crate::push::{AskedFor, Push, Pushed};
use crate::responder::{Answer, Arrived, Responder};
use crate::stream::Stream;

/// What a thread is asked to do.
pub(crate) enum Job {
    /// Answer a request.
    Respond(Box<Respond>),
    /// Make the next piece of a response.
    Piece(Key, Stream),
    /// Drop what a response was made of: code of an application may run then.
    Drop(Box<dyn Send>),
}

/// A request for another thread.
pub(crate) struct Respond {
    pub(crate) key: Key,
    pub(crate) request: Arrived<'static>,
    pub(crate) socket: Arc<Socket>,
    pub(crate) asked: AskedFor,
}

/// What a thread has done.
pub(crate) enum Done {
    /// A response has begun before it is complete.
    Began(Key, Arc<Pushed>),
    /// A request is answered.
    Responded(Key, Box<Answer>),
    /// A piece of a response is there: the stream, the framed bytes, and how
    /// many bytes of content they hold.
    Piece(Key, Stream, Vec<u8>, io::Result<u64>),
}

/// The threads' side and the loop's side of the pool.
pub(crate) struct Pool<'s> {
    responder: &'s dyn Responder,
    server: &'s HeaderValue,
    record: bool,
    /// The most requests that wait for a thread.
    most: usize,
    jobs: Mutex<Jobs>,
    changed: Condvar,
    done: Arc<Finished>,
}

/// The way back to the loop.
struct Finished {
    list: Mutex<Vec<Done>>,
    waker: Arc<Waker>,
}

#[derive(Default)]
struct Jobs {
    queue: VecDeque<Job>,
    /// How many of them are requests.
    requests: usize,
    /// Since when each thread has had the job that it has.
    at_work: Vec<Option<Instant>>,
    closed: bool,
}

impl<'s> Pool<'s> {
    pub(crate) fn new(
        responder: &'s dyn Responder,
        server: &'s HeaderValue,
        record: bool,
        most: usize,
        waker: Arc<Waker>,
    ) -> Self {
        let (jobs, changed) = Default::default();
        let done = Arc::new(Finished { list: Mutex::default(), waker });
        Pool { responder, server, record, most, jobs, changed, done }
    }

    /// Starts the threads, which end with [`close`](Self::close).
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(crate) fn start<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        threads: usize,
    ) -> io::Result<()> {
        self.jobs().at_work = vec![None; threads];
        for number in 0..threads {
            let thread = thread::Builder::new().name(format!("worker {}", number + 1));
            thread
                .spawn_scoped(scope, move || self.responder.in_thread(&mut || self.work(number)))?;
        }
        Ok(())
    }

    // ANCHOR: submit
    /// Hands in a job; it comes back if the queue for requests is full.
    pub(crate) fn submit(&self, job: Job) -> Result<(), Job> {
        let mut jobs = self.jobs();
        if matches!(job, Job::Respond(_)) {
            if jobs.requests >= self.most {
                return Err(job);
            }
            jobs.requests += 1;
        }
        jobs.queue.push_back(job);
        drop(jobs);
        self.changed.notify_one();
        Ok(())
    }
    // ANCHOR_END: submit

    /// What was done since the last call.
    pub(crate) fn take_done(&self) -> Vec<Done> {
        std::mem::take(&mut *self.done.list.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets the threads end, each after the job that it has.
    pub(crate) fn close(&self) {
        self.jobs().closed = true;
        self.changed.notify_all();
    }

    /// How many threads are at work, and how many requests wait for one.
    pub(crate) fn load(&self) -> (u64, u64) {
        let jobs = self.jobs();
        (jobs.at_work.iter().flatten().count() as u64, jobs.requests as u64)
    }

    /// Whether every thread has been at one job for longer than this, so that
    /// nobody is answered any more.
    pub(crate) fn is_stuck(&self, longer_than: Duration) -> bool {
        let is_late = |since: &Option<Instant>| since.is_some_and(|it| it.elapsed() > longer_than);
        self.jobs().at_work.iter().all(is_late)
    }

    // ANCHOR: work
    fn work(&self, number: usize) {
        while let Some(job) = self.next_job(number) {
            match job {
                Job::Respond(respond) => self.respond(*respond),
                Job::Piece(key, mut stream) => {
                    let mut out = Vec::new();
                    let content = stream.next_piece(&mut out);
                    if content.is_err() {
                        stream.end();
                    }
                    self.done.tell(Done::Piece(key, stream, out, content));
                }
                Job::Drop(kept) => drop_contained(kept),
            }
            self.jobs().at_work[number] = None;
        }
    }
    // ANCHOR_END: work

    fn respond(&self, respond: Respond) {
        let Respond { key, request, socket, asked } = respond;
        let done = Arc::clone(&self.done);
        let tell = Box::new(move |pushed: &Arc<Pushed>| {
            done.tell(Done::Began(key, Arc::clone(pushed)));
        });
        let push = Push::new(socket, asked, self.server.clone(), self.record, Some(tell));
        let answer = self.responder.respond(request, push);
        self.done.tell(Done::Responded(key, Box::new(answer)));
    }

    fn next_job(&self, number: usize) -> Option<Job> {
        let mut jobs = self.jobs();
        loop {
            if let Some(job) = jobs.queue.pop_front() {
                jobs.requests -= usize::from(matches!(job, Job::Respond(_)));
                jobs.at_work[number] = Some(Instant::now());
                return Some(job);
            }
            if jobs.closed {
                return None;
            }
            jobs = self.changed.wait(jobs).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Finished {
    fn tell(&self, what: Done) {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(what);
        // The loop empties the list whole, so it is woken once for all of it.
        if list.len() == 1
            && let Err(error) = self.waker.wake()
        {
            log::error!("cannot wake the event loop: {error}");
        }
    }
}
