//! The strings of the interface: text in which every character is one byte.
//!
//! Chapter 5 · PEP 3333, *A Note On String Types*, *Unicode Issues*
//!
//! *Strategy*: HTTP sends bytes; a program wants text. The PEP lets a string of
//! the interface hold only the characters U+0000 to U+00FF, and each of them
//! stands for the byte of that number (the encoding ISO-8859-1, "Latin-1"). So
//! nothing is lost, whatever the bytes mean, and the application decides what
//! they do mean. Here a [`NativeStr`] keeps the bytes; its characters are made
//! when somebody looks.
//!
//! ```
//! use step4_wsgi_interface::native_string::{NativeStr, NativeString};
//!
//! let path = NativeStr::from_bytes("/café".as_bytes());
//! assert_eq!(path.to_string(), "/cafÃ©");    // two bytes, two characters
//! assert_eq!(path.to_text(), Ok("/café"));   // the application knows: UTF-8
//! assert!(NativeString::new("/咖啡").is_err()); // not Latin-1
//! ```

use std::fmt;

/// A native string that somebody else keeps: bytes, seen as Latin-1 characters.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NativeStr<'a>(&'a [u8]);

impl<'a> NativeStr<'a> {
    /// These bytes, each a character. Every sequence of bytes is fine.
    #[must_use]
    pub const fn from_bytes(bytes: &'a [u8]) -> Self {
        NativeStr(bytes)
    }

    /// The bytes: Python's `s.encode('latin-1')`.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// The text that the bytes mean if they are UTF-8: Python's
    /// `s.encode('latin-1').decode('utf-8')`.
    ///
    /// # Errors
    ///
    /// If they are not UTF-8.
    pub fn to_text(self) -> Result<&'a str, std::str::Utf8Error> {
        std::str::from_utf8(self.0)
    }

    /// The characters, all between U+0000 and U+00FF.
    pub fn chars(self) -> impl Iterator<Item = char> + use<'a> {
        self.0.iter().map(|byte| char::from(*byte))
    }

    /// Whether there is no character.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// A native string of one's own.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NativeString(Vec<u8>);

impl NativeString {
    /// This text, if all its characters are Latin-1.
    ///
    /// # Errors
    ///
    /// The first character that is not.
    pub fn new(text: &str) -> Result<Self, NotLatin1> {
        let mut bytes = Vec::new();
        encode(text, &mut bytes).map(|()| NativeString(bytes))
    }

    /// These bytes, each a character.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        NativeString(bytes)
    }

    /// The same, borrowed.
    #[must_use]
    pub fn as_native(&self) -> NativeStr<'_> {
        NativeStr(&self.0)
    }
}

/// Appends the bytes of a text whose characters are all Latin-1.
///
/// # Errors
///
/// The first character that is not. What came before it has been appended.
pub fn encode(text: &str, bytes: &mut Vec<u8>) -> Result<(), NotLatin1> {
    if text.is_ascii() {
        bytes.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    for character in text.chars() {
        bytes.push(u8::try_from(u32::from(character)).map_err(|_| NotLatin1 { character })?);
    }
    Ok(())
}

/// A character that no native string can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotLatin1 {
    /// The character.
    pub character: char,
}

impl fmt::Display for NotLatin1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} (U+{:04X}) is beyond U+00FF: encode the text first, for example as UTF-8, and \
             pass its bytes as characters (PEP 3333, Unicode Issues)",
            self.character,
            u32::from(self.character)
        )
    }
}

impl std::error::Error for NotLatin1 {}

impl fmt::Display for NativeStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_text() {
            Ok(text) if text.is_ascii() => f.pad(text),
            _ => f.pad(&self.chars().collect::<String>()),
        }
    }
}

impl fmt::Debug for NativeStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

impl fmt::Display for NativeString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_native().fmt(f)
    }
}

impl fmt::Debug for NativeString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_native(), f)
    }
}

impl PartialEq<str> for NativeStr<'_> {
    /// Character by character, as Python compares.
    fn eq(&self, other: &str) -> bool {
        if other.is_ascii() { self.0 == other.as_bytes() } else { self.chars().eq(other.chars()) }
    }
}

impl PartialEq<&str> for NativeStr<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl<'a> From<&'a NativeString> for NativeStr<'a> {
    fn from(string: &'a NativeString) -> Self {
        string.as_native()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_a_character_and_back() {
        let all: Vec<u8> = (0..=255).collect();
        let string = NativeString::from_bytes(all.clone());
        assert_eq!(string.to_string().chars().count(), 256);
        let again = NativeString::new(&string.to_string());
        assert_eq!(again.map(|again| again.0), Ok(all));
    }

    #[test]
    fn what_is_not_latin_1_is_named() {
        assert_eq!(NativeString::new("añ€"), Err(NotLatin1 { character: '€' }));
        assert_eq!(NativeString::new("ÿ").map(|s| s.0), Ok(vec![0xFF]));
        assert_eq!(NativeString::new("Ā"), Err(NotLatin1 { character: 'Ā' }));
    }

    #[test]
    fn characters_are_compared_not_encodings() {
        assert!(NativeStr::from_bytes(b"\xE9") == "é");
        assert!(NativeStr::from_bytes("é".as_bytes()) != "é");
        assert!(NativeStr::from_bytes("é".as_bytes()) == "Ã©");
    }
}
