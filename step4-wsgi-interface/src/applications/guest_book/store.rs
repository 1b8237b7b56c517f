//! What the guest book remembers: members, sessions, entries.
//!
//! Chapter 5 · [SQLite](https://www.sqlite.org/)
//!
//! *Strategy*: statements are fixed text; what a visitor sent is bound to their
//! `?`, and so can never become a part of them. Each call borrows a connection,
//! so any number of threads may call. With a write-ahead log readers do not
//! wait for a writer; writers wait for each other, up to a limit.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

/// How long a writer waits for the others.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many connections are kept for later.
const KEPT: usize = 16;

/// How many entries a page has.
const PAGE: i64 = 20;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS member (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
        password TEXT NOT NULL, joined INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS session (
        digest BLOB PRIMARY KEY, member INTEGER NOT NULL REFERENCES member,
        expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS entry (
        id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member,
        text TEXT NOT NULL, written INTEGER NOT NULL) STRICT;";

/// The result of a question to the database.
pub type Answer<T> = Result<T, rusqlite::Error>;

/// The database.
pub struct Store {
    file: PathBuf,
    made: Once,
    idle: Mutex<Vec<Connection>>,
}

/// A member of the guest book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The number.
    pub id: i64,
    /// The name, as it was written at the registration.
    pub name: String,
    /// What is kept of the password.
    pub password: String,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The number; later entries have larger ones.
    pub id: i64,
    /// Who wrote it.
    pub name: String,
    /// What was written.
    pub text: String,
    /// When: `2026-11-25 17:30`, in UTC.
    pub written: String,
}

impl Store {
    /// A database in this file; nothing is opened yet.
    #[must_use]
    pub fn at(file: PathBuf) -> Self {
        Store { file, made: Once::new(), idle: Mutex::default() }
    }

    // ANCHOR: members
    /// The member of that name, in capitals or not.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn member_named(&self, name: &str) -> Answer<Option<Member>> {
        self.with(|database| {
            let mut find =
                database.prepare("SELECT id, name, password FROM member WHERE key = ?")?;
            find.query_row([name.to_lowercase()], |row| {
                Ok(Member { id: row.get(0)?, name: row.get(1)?, password: row.get(2)? })
            })
            .optional()
        })
    }

    /// Adds a member, unless the name is taken: `None`.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn add_member(&self, name: &str, password: &str, now: u64) -> Answer<Option<i64>> {
        self.with(|database| {
            let mut add = database.prepare(
                "INSERT INTO member (name, key, password, joined) VALUES (?, ?, ?, ?)
                 ON CONFLICT (key) DO NOTHING RETURNING id",
            )?;
            let row = params![name, name.to_lowercase(), password, stored(now)];
            add.query_row(row, |row| row.get(0)).optional()
        })
    }
    // ANCHOR_END: members

    /// Begins a session, and forgets those that are over.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn begin_session(&self, digest: &[u8], member: i64, expires: u64, now: u64) -> Answer<()> {
        self.with(|database| {
            let over = "DELETE FROM session WHERE expires <= ?";
            database.prepare(over)?.execute([stored(now)])?;
            let begin = "INSERT INTO session (digest, member, expires) VALUES (?, ?, ?)";
            database.prepare(begin)?.execute(params![digest, member, stored(expires)])?;
            Ok(())
        })
    }

    /// Whose session it is, if it is not over.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn member_of(&self, digest: &[u8], now: u64) -> Answer<Option<Member>> {
        self.with(|database| {
            let mut find = database.prepare(
                "SELECT member.id, name, password FROM session JOIN member ON member.id = member
                 WHERE digest = ? AND expires > ?",
            )?;
            find.query_row(params![digest, stored(now)], |row| {
                Ok(Member { id: row.get(0)?, name: row.get(1)?, password: row.get(2)? })
            })
            .optional()
        })
    }

    /// Ends a session.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn end_session(&self, digest: &[u8]) -> Answer<()> {
        self.with(|database| {
            database.prepare("DELETE FROM session WHERE digest = ?")?.execute([digest])?;
            Ok(())
        })
    }

    /// Adds an entry.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn add_entry(&self, member: i64, text: &str, now: u64) -> Answer<()> {
        self.with(|database| {
            let add = "INSERT INTO entry (member, text, written) VALUES (?, ?, ?)";
            database.prepare(add)?.execute(params![member, text, stored(now)])?;
            Ok(())
        })
    }

    /// The latest entries first; those before an entry, if its number is given.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn entries(&self, before: Option<i64>) -> Answer<Vec<Entry>> {
        self.with(|database| {
            let mut find = database.prepare(
                "SELECT entry.id, name, text, strftime('%Y-%m-%d %H:%M', written, 'unixepoch')
                 FROM entry JOIN member ON member.id = member
                 WHERE entry.id < ? ORDER BY entry.id DESC LIMIT ?",
            )?;
            let asked = params![before.unwrap_or(i64::MAX), PAGE];
            let rows = find.query_map(asked, |row| {
                Ok(Entry {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    text: row.get(2)?,
                    written: row.get(3)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Lends a connection.
    fn with<T>(&self, ask: impl FnOnce(&Connection) -> Answer<T>) -> Answer<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                self.made.call_once(|| make_private(&self.file));
                open(&self.file)?
            }
        };
        let answer = ask(&connection);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(connection);
        }
        answer
    }
}

/// SQLite's integers have a sign.
fn stored(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

/// Makes the file, if it is not there, so that nobody else on this machine can
/// read it: hashes of passwords lie in it. SQLite gives the files beside it the
/// same mode. It must not be opened here if it is there: closing it would end
/// the locks that SQLite holds on it.
fn make_private(file: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // If it cannot be made, SQLite says why.
    let _ = options.open(file);
}

/// Opens the file, and makes the tables if they are not there.
fn open(file: &PathBuf) -> Answer<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // When several processes make a new file at once, SQLite may say "busy"
    // here without waiting.
    let mut tries = PATIENCE.as_millis() / 10;
    while let Err(error) = prepare(&connection) {
        if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) || tries == 0 {
            return Err(error);
        }
        tries -= 1;
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(connection)
}

fn prepare(connection: &Connection) -> Answer<()> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        connection.pragma_update(None, "journal_mode", "wal")?;
    }
    let made: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if made == 0 {
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = 1; COMMIT;"
        ))?;
    }
    Ok(())
}
