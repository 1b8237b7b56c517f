//! The content of a response: what an application returns.
//!
//! Chapter 5 · PEP 3333, *Specification Details*, *Optional Platform-Specific
//! File Handling*
//!
//! *Strategy*: the PEP wants an iterable of bytestrings. A body is an iterator
//! of blocks, and says besides what it is made of, so that a server can send
//! one block with the head in one write, and a file without reading it. Its
//! `close()` is its end: whatever it owns is dropped, once, when the gateway
//! drops it, however the request went.
//!
//! ```
//! use step4_wsgi_interface::Body;
//!
//! let one: Body = [b"hello"].into();
//! assert_eq!(one.len(), Some(1));
//!
//! let mut counting = Body::iterator((1..=3).map(|n| Ok(format!("{n}\n").into_bytes())));
//! assert_eq!(counting.len(), None);               // nobody knows yet
//! assert_eq!(counting.next().unwrap().unwrap(), b"1\n".as_slice());
//! ```

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek};

use crate::application::Result;

/// The PEP's "bytestring": a block of content.
pub type Bytestring = Cow<'static, [u8]>;

// ANCHOR: body
/// The content of a response: an iterator of blocks that says what it is.
pub struct Body {
    /// What it is made of.
    pub kind: Kind,
    /// What is done at its end, after `kind` has been dropped.
    pub close: Close,
}

/// What a body is made of.
pub enum Kind {
    /// Nothing: Python's `[]`.
    Empty,
    /// One block, the usual case: `[b'...']`.
    Block(Bytestring),
    /// Blocks that are all there.
    Blocks(std::vec::IntoIter<Bytestring>),
    /// A file, from where it stands to its end: what `wsgi.file_wrapper` makes.
    File(WrappedFile),
    /// Blocks that are made one after the other.
    Iterator(Box<dyn Iterator<Item = Result<Bytestring>> + Send>),
}
// ANCHOR_END: body

/// A file that a server may send in a way of its own.
pub struct WrappedFile {
    /// Open for reading.
    pub file: File,
    /// How much is read at a time by who has no better way.
    pub block_size: usize,
}

/// Something that can be read: a file, or anything else.
pub enum FileLike {
    /// A file of the system.
    File(File),
    /// Anything that can be read to its end.
    Reader(Box<dyn Read + Send>),
}

impl Body {
    /// No content.
    #[must_use]
    pub fn empty() -> Self {
        Kind::Empty.into()
    }

    /// Blocks that are made when they are asked for. What the iterator owns is
    /// dropped with it: that is its `close()`.
    pub fn iterator<B: Into<Bytestring>>(
        blocks: impl Iterator<Item = Result<B>> + Send + 'static,
    ) -> Self {
        Kind::Iterator(Box::new(blocks.map(|block| block.map(Into::into)))).into()
    }

    /// All that can be read from here on: the function behind
    /// `wsgi.file_wrapper`.
    #[must_use]
    pub fn file(file: FileLike, block_size: usize) -> Self {
        let block_size = block_size.max(1);
        match file {
            FileLike::File(file) => Kind::File(WrappedFile { file, block_size }).into(),
            FileLike::Reader(mut reader) => Body::iterator(std::iter::from_fn(move || {
                read_block(&mut reader, block_size).transpose()
            })),
        }
    }

    /// The same body, at whose end this is done too, after all that was to be
    /// done before.
    #[must_use]
    pub fn on_close(mut self, last: impl FnOnce() + Send + 'static) -> Self {
        let before = std::mem::take(&mut self.close);
        self.close = Close(Some(Box::new(move || {
            drop(before);
            last();
        })));
        self
    }

    /// How many blocks are left, if that is known: Python's `len(iterable)`,
    /// which is exact or fails.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // no promise is made of emptiness
    pub fn len(&self) -> Option<usize> {
        match &self.kind {
            Kind::Empty => Some(0),
            Kind::Block(_) => Some(1),
            Kind::Blocks(blocks) => Some(blocks.len()),
            Kind::File(_) | Kind::Iterator(_) => None,
        }
    }
}

impl Iterator for Body {
    type Item = Result<Bytestring>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.kind {
            Kind::Empty => None,
            Kind::Block(block) => {
                let block = std::mem::take(block);
                self.kind = Kind::Empty;
                Some(Ok(block))
            }
            Kind::Blocks(blocks) => blocks.next().map(Ok),
            Kind::File(wrapped) => read_block(&mut wrapped.file, wrapped.block_size).transpose(),
            Kind::Iterator(blocks) => blocks.next(),
        }
    }
}

impl WrappedFile {
    /// Where the file stands, and how many bytes follow: what a server needs
    /// to send it without reading.
    ///
    /// # Errors
    ///
    /// If the file has no place, as a pipe.
    pub fn offset_and_length(&mut self) -> io::Result<(u64, u64)> {
        let offset = self.file.stream_position()?;
        Ok((offset, self.file.metadata()?.len().saturating_sub(offset)))
    }
}

/// Up to so many bytes; fewer only at the end. `None`: it has ended.
fn read_block(reader: &mut impl Read, block_size: usize) -> Result<Option<Bytestring>> {
    let mut block = Vec::new();
    reader.take(block_size as u64).read_to_end(&mut block)?;
    Ok(if block.is_empty() { None } else { Some(block.into()) })
}

impl From<Kind> for Body {
    fn from(kind: Kind) -> Self {
        Body { kind, close: Close::default() }
    }
}

impl<B: Into<Bytestring>, const N: usize> From<[B; N]> for Body {
    /// A list of blocks, as `[b"..."]`.
    fn from(blocks: [B; N]) -> Self {
        let mut blocks = blocks.into_iter();
        match N {
            0 => Body::empty(),
            1 => blocks.next().map_or(Kind::Empty, |block| Kind::Block(block.into())).into(),
            _ => blocks.collect::<Vec<_>>().into(),
        }
    }
}

impl<B: Into<Bytestring>> From<Vec<B>> for Body {
    /// A list of blocks. (A `Vec<u8>` is one block, no list of blocks: write
    /// `[bytes]`.)
    fn from(blocks: Vec<B>) -> Self {
        Kind::Blocks(blocks.into_iter().map(Into::into).collect::<Vec<_>>().into_iter()).into()
    }
}

impl From<File> for FileLike {
    fn from(file: File) -> Self {
        FileLike::File(file)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Empty => f.write_str("Empty"),
            Kind::Block(block) => write!(f, "Block({} bytes)", block.len()),
            Kind::Blocks(blocks) => write!(f, "Blocks({})", blocks.len()),
            Kind::File(wrapped) => write!(f, "File({:?})", wrapped.file),
            Kind::Iterator(_) => f.write_str("Iterator"),
        }
    }
}

/// What is done when a body is dropped.
#[derive(Default)]
pub struct Close(Option<Box<dyn FnOnce() + Send>>);

impl Close {
    /// Whether there is nothing to be done.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.0.is_none()
    }
}

impl Drop for Close {
    fn drop(&mut self) {
        if let Some(close) = self.0.take() {
            close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    fn text(body: Body) -> String {
        let blocks: Result<Vec<_>> = body.collect();
        String::from_utf8(blocks.expect("blocks").concat()).expect("text")
    }

    #[test]
    fn a_list_of_one_block_is_known_as_such() {
        assert!(matches!(Body::from([b"one"]).kind, Kind::Block(Cow::Borrowed(b"one"))));
        assert!(matches!(Body::from([vec![1, 2]]).kind, Kind::Block(Cow::Owned(_))));
        assert_eq!(Body::from([b"a", b"b"]).len(), Some(2));
        assert_eq!(Body::from(vec![b"a"]).len(), Some(1));
        assert_eq!(Body::from([b""; 0]).len(), Some(0));
        assert_eq!(text([b"a", b"b"].into()), "ab");
    }

    #[test]
    fn whatever_can_be_read_becomes_a_body() {
        let reader = FileLike::Reader(Box::new(&b"abcde"[..]));
        let blocks: Vec<_> = Body::file(reader, 2).map(|block| block.expect("bytes")).collect();
        assert_eq!(blocks, [&b"ab"[..], b"cd", b"e"]);
    }

    #[test]
    fn what_is_to_be_done_at_the_end_is_done_once_and_in_order() {
        let done = Arc::new(Mutex::new(Vec::new()));
        let note = |what: &'static str| {
            let done = Arc::clone(&done);
            move || done.lock().expect("one thread").push(what)
        };
        let owned = Close(Some(Box::new(note("the iterator's own"))));
        let body = Body::iterator(std::iter::from_fn(move || {
            let _own = &owned;
            None::<Result<Vec<u8>>>
        }));
        drop(body.on_close(note("first")).on_close(note("second")));
        assert_eq!(*done.lock().expect("one thread"), ["the iterator's own", "first", "second"]);
    }
}
