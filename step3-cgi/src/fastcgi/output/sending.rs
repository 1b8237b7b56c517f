//! A request on its way, and what comes back meanwhile.
//!
//! Chapter 4 · FastCGI specification §3.3, §5.3
//!
//! *Strategy*: an application may answer before it has read everything. If each
//! side waited for the other to read, both would wait for ever. So a write never
//! waits: when the socket is full, whatever the application says is taken and
//! kept, until there is room again.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};
use step1_http_basics::presence::Sight;

use super::{LOOK, Output};
use crate::fastcgi::client::Outgoing;
use crate::fastcgi::fault::Fault;
use crate::fastcgi::incoming::Came;
use crate::fastcgi::record::{self, Kind, REQUEST_ID, STREAM_CONTENT, encode_stream, end_stream};
use crate::fastcgi::xray::{Way, describe};
use crate::poll::poll;

impl Output {
    /// Sends the first records; if they are all, waits for an answer.
    pub(in crate::fastcgi) fn begin(&mut self, request: &Outgoing<'_>) -> Result<(), Fault> {
        self.show(&request.first);
        let sent = self.lease()?.send_first(&request.first)?;
        self.was_sent = true;
        self.send(&request.first[sent..])?;
        // It may have answered before it had all.
        if request.rest.is_some() || self.lease.is_none() {
            return Ok(());
        }
        self.all_was_sent = true;
        self.until = Instant::now() + self.options.timeout;
        self.receive()
    }

    /// Tells the observer of records that are sent.
    fn show(&self, mut records: &[u8]) {
        let Some(observer) = self.observer else { return };
        while let Ok(Some((record, used))) = record::parse(records) {
            observer(&describe(Way::There, record.kind, record.request_id, record.content));
            records = &records[used..];
        }
    }

    /// Sends the content that is left, as long as the application wants it.
    pub(in crate::fastcgi) fn send_rest(&mut self, content: &mut dyn Read) -> Result<(), Fault> {
        let mut piece = vec![0; STREAM_CONTENT];
        let mut records = Vec::with_capacity(STREAM_CONTENT + 32);
        while self.lease.is_some() {
            let length = content.read(&mut piece).map_err(|_| Fault::ClientGone)?;
            records.clear();
            if length == 0 {
                end_stream(Kind::Stdin, REQUEST_ID, &mut records);
            } else {
                encode_stream(Kind::Stdin, REQUEST_ID, &piece[..length], &mut records);
            }
            self.show(&records);
            self.send(&records)?;
            if length == 0 {
                self.all_was_sent = true;
                self.until = Instant::now() + self.options.timeout;
                return Ok(());
            }
        }
        Ok(())
    }

    // ANCHOR: send
    /// Sends all of `bytes`, and takes what comes while there is no room for
    /// them. An application that has ended the request needs no more of it.
    fn send(&mut self, mut bytes: &[u8]) -> Result<(), Fault> {
        let mut deadline = Instant::now() + self.options.timeout;
        while !bytes.is_empty() && self.lease.is_some() {
            let sent = match self.lease()?.link().socket.send_now(bytes) {
                // It reads no more; perhaps it has answered.
                Err(error) => return self.read_last_words(error),
                Ok(sent) => sent,
            };
            bytes = &bytes[sent..];
            if sent > 0 {
                deadline = Instant::now() + self.options.timeout;
            } else if self.is_readable_or_writable(deadline)? {
                self.hold_what_comes()?;
                deadline = Instant::now() + self.options.timeout;
            }
        }
        Ok(())
    }
    // ANCHOR_END: send

    /// Waits until the socket takes bytes or has some; whether it has some.
    fn is_readable_or_writable(&mut self, deadline: Instant) -> Result<bool, Fault> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Fault::TooSlow("it does not read its content".to_owned()));
            }
            let link = self.lease()?.link();
            let both = PollFlags::IN | PollFlags::OUT;
            let mut waits = [PollFd::from_borrowed_fd(link.socket.as_fd(), both)];
            match poll(&mut waits, left.min(LOOK))? {
                0 => self.look_at_client()?,
                _ => return Ok(waits[0].revents().contains(PollFlags::IN)),
            }
        }
    }

    fn hold_what_comes(&mut self) -> Result<(), Fault> {
        self.look_at_client()?;
        let link = self.lease()?.link();
        let Some(length) = link.socket.receive_now(link.incoming.room())? else { return Ok(()) };
        self.received(length)?;
        self.hold_records()
    }

    fn hold_records(&mut self) -> Result<(), Fault> {
        while let Came::Output(_) = self.take_records()? {
            let content = self.unread.clone();
            self.unread = 0..0;
            if let Some(lease) = &mut self.lease {
                self.held
                    .write_all(lease.link().incoming.content(content))
                    .map_err(Fault::NoRoom)?;
            }
            let most = self.options.held;
            if self.held.length() > most {
                return Err(Fault::Nonsense(format!(
                    "it says more than {most} bytes and does not read its content"
                )));
            }
        }
        Ok(())
    }

    /// An application that talks on and on must not keep us from seeing that
    /// nobody listens.
    fn look_at_client(&mut self) -> Result<(), Fault> {
        if self.looked.elapsed() < LOOK {
            return Ok(());
        }
        self.looked = Instant::now();
        match self.client.look() {
            Sight::Gone => Err(Fault::ClientGone),
            Sight::Here | Sight::HalfClosed => Ok(()),
        }
    }

    /// The application has closed its side: an answer may have come before.
    fn read_last_words(&mut self, error: io::Error) -> Result<(), Fault> {
        self.until = Instant::now() + self.options.timeout;
        while self.lease.is_some() {
            match self.receive().and_then(|()| self.hold_records()) {
                Err(Fault::BrokeOff(_)) => return Err(Fault::BrokeOff(error)),
                came => came?,
            }
        }
        Ok(())
    }
}
