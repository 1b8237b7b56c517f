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

use crate::limits::{Limits, Pace, Transfer};
use crate::open_connections::{Activity, OpenConnection};

/// The first size of the buffer for received bytes; most heads fit.
const BUFFER: usize = 4 * 1024;
/// No more of a message than this is kept for the x-ray.
pub(crate) const MAX_RECORD: usize = 64 * 1024;
/// Files from this size on are sent by the kernel, without a copy in between.
const SENDFILE_FROM: u64 = 32 * 1024;
/// What the first call of `sendfile` is asked to move. Each later one is asked for
/// as much as has gone so far: so there are few, and what is known of the pace of
/// a reader is never less than half of the truth.
const SENDFILE_FIRST: u64 = 1024 * 1024;

/// What went over a connection for one exchange, for the x-ray.
#[derive(Debug, Default)]
pub struct Recording {
    /// The request, as it came.
    pub received: Vec<u8>,
    /// The responses, as they left; an interim one comes first.
    pub sent: Vec<u8>,
}

impl Recording {
    /// Keeps bytes that have come, as long as there are not too many.
    pub fn keep_received(&mut self, bytes: &[u8]) {
        keep(&mut self.received, bytes);
    }

    /// Keeps bytes that were sent, as long as there are not too many.
    pub fn keep_sent(&mut self, bytes: &[u8]) {
        keep(&mut self.sent, bytes);
    }
}

pub(crate) struct Wire<'s> {
    register: Option<&'s OpenConnection<'s>>,
    stream: &'s TcpStream,
    bytes: Vec<u8>,
    unread: Range<usize>,
    most: usize,
    timeout: Option<Duration>,
    pace: Pace,
    recording: Option<Recording>,
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
            keep(
                &mut recording.received,
                &self.bytes[self.unread.start..self.unread.start + length],
            );
        }
        self.unread.start += length;
    }

    /// Waits for more bytes behind the unread ones; 0 means that the other
    /// side sends no more.
    pub(crate) fn fill(&mut self, patience: Duration) -> io::Result<usize> {
        if self.unread.is_empty() {
            self.unread = 0..0;
        }
        if self.unread.end == self.bytes.len() {
            if self.unread.start > 0 {
                self.bytes.copy_within(self.unread.clone(), 0);
                self.unread = 0..self.unread.len();
            } else if self.bytes.len() < self.most {
                self.bytes.resize((self.bytes.len() * 2).clamp(BUFFER, self.most), 0);
            } else {
                return Err(io::Error::new(
                    ErrorKind::OutOfMemory,
                    "more unread bytes than any limit allows",
                ));
            }
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
                keep(&mut recording.received, &out[..length]);
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
            keep(&mut recording.sent, head);
            keep(&mut recording.sent, content);
        }
        let mut pace = SendingPace::new(self.pace);
        if content.is_empty() {
            let mut left = head;
            while !left.is_empty() {
                let sent = self.send_some(&mut pace, |mut stream| stream.write(left))?;
                left = &left[sent..];
            }
            return Ok(());
        }
        let mut slices = [IoSlice::new(head), IoSlice::new(content)];
        let mut left = &mut slices[..];
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            let sent = self.send_some(&mut pace, |mut stream| stream.write_vectored(left))?;
            IoSlice::advance_slices(&mut left, sent);
        }
        Ok(())
    }

    /// One call that sends, if the transfer as a whole is not too slow already.
    fn send_some(
        &self,
        pace: &mut SendingPace,
        mut call: impl FnMut(&TcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        pace.check()?;
        match retry(|| call(self.stream)) {
            Ok(0) => Err(ErrorKind::WriteZero.into()),
            Ok(sent) => {
                pace.moved(sent);
                if let Some(register) = self.register {
                    register.sent(sent);
                }
                Ok(sent)
            }
            // Nothing at all could be sent for as long as a stall may last.
            Err(error) if timed_out(&error) => Err(ErrorKind::TimedOut.into()),
            Err(error) => Err(error),
        }
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
        let mut at = range.start;
        let by_kernel = cfg!(target_os = "linux")
            && range.end.saturating_sub(at) >= SENDFILE_FROM
            && self.recording.is_none();
        if by_kernel {
            return self.send_file_by_kernel(head, file, range);
        }
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

        let mut pace = SendingPace::new(self.pace);
        let mut left = head;
        while !left.is_empty() {
            // "More follows": the head waits for the first bytes of the file.
            let sent =
                self.send_some(&mut pace, |stream| Ok(send(stream, left, SendFlags::MORE)?))?;
            left = &left[sent..];
        }
        let mut at = range.start;
        while at < range.end {
            let length = (range.end - at).min((at - range.start).max(SENDFILE_FIRST));
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            // `sendfile` moves `at` on. It answers 0 at the end of the file:
            // the file has shrunk, and the promised length cannot be kept.
            self.send_some(&mut pace, |stream| {
                Ok(rustix::fs::sendfile(stream, file, Some(&mut at), length)?)
            })?;
        }
        Ok(())
    }

    #[cfg(not(target_os = "linux"))]
    fn send_file_by_kernel(&mut self, _: &[u8], _: &File, _: Range<u64>) -> io::Result<()> {
        Err(ErrorKind::Unsupported.into())
    }

    // ANCHOR: linger
    /// Ends our side, then reads and drops what the other side still sends. A
    /// socket that is closed with unread bytes resets the connection, and a
    /// reset can overtake the answer that tells the client what was wrong.
    /// [RFC 9112 §9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)
    pub(crate) fn linger(&mut self, limits: &Limits, mut most: u64) {
        let until = Instant::now() + limits.linger;
        let mut waste = [0; 8 * 1024];
        if self.stream.shutdown(std::net::Shutdown::Write).is_err() {
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

/// The pace of something that is being sent. Nearly all of what is sent leaves
/// with the first call, and then no clock is looked at: the first call ends with
/// the socket's own timeout, and the transfer is measured from the second on.
struct SendingPace {
    pace: Pace,
    moved: Option<usize>,
    transfer: Option<Transfer>,
}

impl SendingPace {
    fn new(pace: Pace) -> Self {
        SendingPace { pace, moved: None, transfer: None }
    }

    /// Before a call.
    fn check(&mut self) -> io::Result<()> {
        let Some(moved) = self.moved.take() else { return Ok(()) };
        let transfer = self.transfer.get_or_insert_with(|| Transfer::begin(self.pace));
        transfer.moved(moved);
        transfer.patience().map(|_| ())
    }

    /// After a call that moved so many bytes.
    fn moved(&mut self, bytes: usize) {
        self.moved = Some(bytes);
    }
}

/// Whether a call ended because the socket's timeout ran out.
pub(crate) fn timed_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// A signal may interrupt any system call; nothing has happened then.
fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

fn keep(record: &mut Vec<u8>, bytes: &[u8]) {
    let room = MAX_RECORD.saturating_sub(record.len());
    record.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

/// Reads from a place in a file, without moving its cursor: several connections
/// may be sending the same open file.
///
/// # Errors
/// Those of reading.
pub fn read_at(file: &File, out: &mut [u8], at: u64) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, out, at);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, out, at);
}

/// Fills `out` from a place in a file, without moving its cursor.
///
/// # Errors
/// When the file ends before, because it has shrunk, and those of reading.
pub fn read_exact_at(file: &File, out: &mut [u8], at: u64) -> io::Result<()> {
    let mut filled = 0;
    while filled < out.len() {
        match retry(|| read_at(file, &mut out[filled..], at + filled as u64))? {
            0 => return Err(io::Error::new(ErrorKind::UnexpectedEof, "the file has shrunk")),
            length => filled += length,
        }
    }
    Ok(())
}
