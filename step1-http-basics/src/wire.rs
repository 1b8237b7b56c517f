//! A socket with deadlines, and the bytes that have come through it.
//!
//! Chapter 2 · RFC 9112 §9
//!
//! *Strategy*: all reading and writing of the blocking spine happens here. A
//! blocking call waits as long as the socket's timeout says, so the timeout is
//! the deadline; setting it is a system call, so it is only set anew when the
//! old one would wait too long.

use std::fs::File;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::TcpStream;
use std::ops::Range;
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::limits::{Limits, Pace, Transfer};
use crate::open_connections::{Activity, OpenConnection};
use crate::read_at::read_exact_at;
use crate::recording::Recording;

/// The first size of the buffer for received bytes; most heads fit.
const BUFFER: usize = 4 * 1024;
/// Files from this size on are sent by the kernel, without a copy in between.
#[cfg(target_os = "linux")]
const SENDFILE_FROM: u64 = 32 * 1024;

pub(crate) struct Wire<'s> {
    register: Option<&'s OpenConnection<'s>>,
    stream: &'s TcpStream,
    bytes: Vec<u8>,
    unread: Range<usize>,
    most: usize,
    timeout: Option<Duration>,
    pace: Pace,
    recording: Option<Recording>,
    /// The connection ends with a reset, so there is no goodbye.
    is_reset: bool,
}

impl<'s> Wire<'s> {
    /// The wire of a connection of the server's, which says in the register
    /// what it does.
    pub(crate) fn of(connection: &'s OpenConnection<'s>, limits: &Limits) -> io::Result<Self> {
        Ok(Wire { register: Some(connection), ..Wire::new(connection.stream(), limits)? })
    }

    pub(crate) fn new(stream: &'s TcpStream, limits: &Limits) -> io::Result<Self> {
        stream.set_write_timeout(Some(limits.pace.stall))?;
        Ok(Wire {
            register: None,
            stream,
            bytes: Vec::new(),
            unread: 0..0,
            most: limits.method + limits.target + limits.fields + BUFFER,
            timeout: None,
            pace: limits.pace,
            recording: None,
            is_reset: false,
        })
    }

    /// Notes in the register what the connection does from now on.
    pub(crate) fn does(&self, activity: Activity) {
        if let Some(register) = self.register {
            register.does(activity);
        }
    }

    /// Begins to keep what goes over the wire, or begins anew.
    pub(crate) fn record(&mut self) {
        self.recording = Some(Recording::default());
    }

    pub(crate) fn recording(&self) -> Option<&Recording> {
        self.recording.as_ref()
    }

    /// What has come and is not used up.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.bytes[self.unread.clone()]
    }

    /// Uses up the first `length` unread bytes.
    pub(crate) fn consume(&mut self, length: usize) {
        if let Some(recording) = &mut self.recording {
            recording.keep_received(&self.bytes[self.unread.clone()][..length]);
        }
        self.unread.start += length;
    }

    /// Waits for more bytes behind the unread ones; 0 means that the other
    /// side sends no more.
    pub(crate) fn fill(&mut self, patience: Duration) -> io::Result<usize> {
        if self.unread.start > 0 {
            self.bytes.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        if self.unread.end == self.most {
            let problem = "more unread bytes than any limit allows";
            return Err(io::Error::new(ErrorKind::OutOfMemory, problem));
        }
        if self.unread.end == self.bytes.len() {
            self.bytes.resize((self.bytes.len() * 2).clamp(BUFFER, self.most), 0);
        }
        self.be_patient(patience)?;
        let length = retry(|| (&mut &*self.stream).read(&mut self.bytes[self.unread.end..]))?;
        self.unread.end += length;
        Ok(length)
    }

    /// Reads unread bytes, or waits for more, straight into `out`.
    pub(crate) fn read(&mut self, out: &mut [u8], patience: Duration) -> io::Result<usize> {
        if self.unread.is_empty() {
            self.be_patient(patience)?;
            let length = retry(|| (&mut &*self.stream).read(out))?;
            if let Some(recording) = &mut self.recording {
                recording.keep_received(&out[..length]);
            }
            return Ok(length);
        }
        let length = out.len().min(self.unread.len());
        out[..length].copy_from_slice(&self.unread()[..length]);
        self.consume(length);
        Ok(length)
    }

    /// The socket's timeout may be a little shorter than the patience, never
    /// longer.
    fn be_patient(&mut self, patience: Duration) -> io::Result<()> {
        if self.timeout.is_none_or(|timeout| timeout > patience || timeout < patience / 10 * 9) {
            self.stream.set_read_timeout(Some(patience.max(Duration::from_millis(1))))?;
            self.timeout = Some(patience);
        }
        Ok(())
    }

    /// Sends all of `head`, then all of `content`, in one call if they fit.
    pub(crate) fn send(&mut self, head: &[u8], content: &[u8]) -> io::Result<()> {
        if let Some(recording) = &mut self.recording {
            recording.keep_sent(head);
            recording.keep_sent(content);
        }
        let mut slices = [IoSlice::new(head), IoSlice::new(content)];
        let mut left = if content.is_empty() { &mut slices[..1] } else { &mut slices[..] };
        self.send_all((head.len() + content.len()) as u64, |mut stream| {
            let sent = match left {
                [one] => stream.write(one),
                _ => stream.write_vectored(left),
            }?;
            IoSlice::advance_slices(&mut left, sent);
            Ok(sent)
        })
    }

    /// Calls until so many bytes are sent. Nearly always the first call sends all,
    /// and then no clock is looked at: that one ends with the socket's own timeout,
    /// and the transfer is measured from the second on.
    fn send_all(
        &self,
        mut left: u64,
        mut call: impl FnMut(&TcpStream) -> io::Result<usize>,
    ) -> io::Result<()> {
        let mut transfer = None;
        while left > 0 {
            let sent = match retry(|| call(self.stream)) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                // Nothing at all could be sent for as long as a stall may last.
                Err(error) if timed_out(&error) => return Err(ErrorKind::TimedOut.into()),
                sent => sent?,
            };
            if let Some(register) = self.register {
                register.sent(sent);
            }
            left = left.saturating_sub(sent as u64);
            if left > 0 {
                let transfer = transfer.get_or_insert_with(|| Transfer::begin(self.pace));
                transfer.moved(sent);
                transfer.patience()?;
            }
        }
        Ok(())
    }

    // ANCHOR: send_file
    /// Sends all of `head`, then this range of a file. Small files are copied
    /// behind the head and leave with it in one call; large ones are moved by
    /// the kernel.
    pub(crate) fn send_file(
        &mut self,
        head: &mut Vec<u8>,
        file: &File,
        range: Range<u64>,
    ) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if range.end.saturating_sub(range.start) >= SENDFILE_FROM && self.recording.is_none() {
            return self.send_file_by_kernel(head, file, range);
        }
        let mut at = range.start;
        loop {
            let before = head.len();
            let length = usize::try_from(range.end - at).unwrap_or(usize::MAX).min(64 * 1024);
            head.resize(before + length, 0);
            read_exact_at(file, &mut head[before..], at)?;
            self.send(head, &[])?;
            head.clear();
            at += length as u64;
            if at >= range.end {
                return Ok(());
            }
        }
    }
    // ANCHOR_END: send_file

    #[cfg(target_os = "linux")]
    fn send_file_by_kernel(
        &mut self,
        head: &[u8],
        file: &File,
        range: Range<u64>,
    ) -> io::Result<()> {
        use rustix::net::{SendFlags, send};

        let mut left = head;
        self.send_all(head.len() as u64, |stream| {
            // "More follows": the head waits for the first bytes of the file.
            let sent = send(stream, left, SendFlags::MORE)?;
            left = &left[sent..];
            Ok(sent)
        })?;
        let mut at = range.start;
        self.send_all(range.end - range.start, |stream| {
            // First a mebibyte, then as much as has gone so far: so there are few
            // calls, and what is known of the pace of a reader is never less than
            // half of the truth.
            let most = (at - range.start).max(1024 * 1024).min(range.end - at);
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            // `sendfile` moves `at` on. It answers 0 at the end of the file:
            // the file has shrunk, and the promised length cannot be kept.
            Ok(rustix::fs::sendfile(stream, file, Some(&mut at), most)?)
        })
    }

    /// Lets the close that follows reset the connection: for content whose only end
    /// is that of the connection, and which has not come to its end.
    pub(crate) fn reset_when_closed(&mut self) {
        self.is_reset = SockRef::from(self.stream).set_linger(Some(Duration::ZERO)).is_ok();
    }

    // ANCHOR: linger
    /// Ends our side, then reads and drops what the other side still sends. A
    /// socket that is closed with unread bytes resets the connection, and a
    /// reset can overtake the answer that tells the client what was wrong.
    /// [RFC 9112 §9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)
    pub(crate) fn linger(&mut self, limits: &Limits, mut most: u64) {
        let until = Instant::now() + limits.linger;
        let mut waste = [0; 8 * 1024];
        if self.is_reset || self.stream.shutdown(std::net::Shutdown::Write).is_err() {
            return;
        }
        self.unread = 0..0;
        while most > 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            match self.read(&mut waste, left.min(limits.linger / 5)) {
                Ok(length) if length > 0 => most = most.saturating_sub(length as u64),
                _ => return,
            }
        }
    }
    // ANCHOR_END: linger
}

/// Whether a call ended because the socket's timeout ran out.
pub(crate) fn timed_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// A signal may interrupt any system call; nothing has happened then.
pub(crate) fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
