//! Passwords: kept so that who steals the database has not stolen them.
//!
//! Chapter 5 · [RFC 9106](https://www.rfc-editor.org/rfc/rfc9106) (Argon2)
//!
//! *Strategy*: what is kept is the result of a function that is slow and needs
//! much memory, on purpose: one login does not mind, a thief who tries a
//! billion words does. Each has a random salt, so that equal passwords look
//! different. A name that nobody has is checked against a password that nobody
//! has, so that the time tells nothing.

use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::application::Result;

/// Memory in KiB, passes, lanes: 19 MiB and two passes, which is what OWASP's
/// cheat sheet names first.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// So many at a time, so that a flood of logins cannot take all the memory.
const AT_A_TIME: usize = 4;

/// How long the others wait for their turn before they are turned away.
const PATIENCE: Duration = Duration::from_secs(5);

/// The place where passwords are hashed.
#[derive(Default)]
pub struct Passwords {
    /// What a password is compared with if there is no such name.
    nobody: OnceLock<String>,
    busy: Mutex<usize>,
    /// Somebody is done.
    done: Condvar,
}

/// What a password may not be.
#[must_use]
pub fn objection(password: &str, name: &str) -> Option<&'static str> {
    let characters = password.chars().count();
    if characters < 10 {
        Some("A password has at least 10 characters: a few words are good.")
    } else if password.len() > 256 {
        Some("A password has at most 256 bytes.")
    } else if password.to_lowercase().contains(&name.to_lowercase())
        && characters < name.chars().count() + 6
    {
        Some("A password is more than the name.")
    } else {
        None
    }
}

impl Passwords {
    /// What is kept of a password: algorithm, cost, salt and result in one
    /// string. `None`: too many others were at it for too long.
    ///
    /// # Errors
    ///
    /// If the system has no random bytes.
    pub fn hash(&self, password: &str) -> Result<Option<String>> {
        self.in_turn(|| hash(password))
    }

    // ANCHOR: verify
    /// Whether it is the password that was kept, if one was. It takes as long
    /// if none was. `None`: too many others were at it for too long.
    ///
    /// # Errors
    ///
    /// If what was kept is no hash, and if the system has no random bytes.
    pub fn verify(&self, password: &str, kept: Option<&str>) -> Result<Option<bool>> {
        self.in_turn(|| {
            let nobodys = match self.nobody.get() {
                Some(nobodys) => nobodys,
                None => {
                    let fresh = hash("nobody has this password")?;
                    self.nobody.get_or_init(|| fresh)
                }
            };
            let parsed = PasswordHash::new(kept.unwrap_or(nobodys)).map_err(unusable)?;
            let matches = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
            Ok(matches && kept.is_some())
        })
    }
    // ANCHOR_END: verify

    fn in_turn<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
        let Some(_turn) = self.turn(PATIENCE) else { return Ok(None) };
        work().map(Some)
    }

    /// A turn, after at most so long a wait.
    fn turn(&self, patience: Duration) -> Option<Turn<'_>> {
        let (mut busy, _) = self
            .done
            .wait_timeout_while(self.busy(), patience, |busy| *busy >= AT_A_TIME)
            .unwrap_or_else(PoisonError::into_inner);
        if *busy >= AT_A_TIME {
            return None;
        }
        *busy += 1;
        Some(Turn(self))
    }

    fn busy(&self) -> MutexGuard<'_, usize> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of those who are at it, until it is dropped.
struct Turn<'a>(&'a Passwords);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.busy() -= 1;
        self.0.done.notify_one();
    }
}

fn hash(password: &str) -> Result<String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    let salt = SaltString::encode_b64(&salt).map_err(unusable)?;
    Ok(argon2()?.hash_password(password.as_bytes(), &salt).map_err(unusable)?.to_string())
}

fn argon2() -> Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|error| error.to_string())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn unusable(error: argon2::password_hash::Error) -> String {
    format!("a password hash is of no use: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_not_the_password_and_never_twice_the_same() {
        let passwords = Passwords::default();
        let kept =
            [(); 2].map(|()| passwords.hash("correct horse").expect("hashed").expect("free"));
        assert_ne!(kept[0], kept[1]);
        assert!(kept[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept[0]);
        assert!(!kept[0].contains("horse"));
        for kept in &kept {
            let verify = |password| passwords.verify(password, Some(kept)).expect("checked");
            assert_eq!(verify("correct horse"), Some(true));
            assert_eq!(verify("Correct horse"), Some(false));
        }
    }

    #[test]
    fn nobodys_password_lets_nobody_in() {
        let passwords = Passwords::default();
        assert_eq!(
            passwords.verify("nobody has this password", None).expect("checked"),
            Some(false)
        );
    }

    #[test]
    fn a_few_work_the_next_wait_and_a_flood_is_turned_away() {
        let passwords = Passwords::default();
        let mut turns: Vec<_> =
            (0..AT_A_TIME).map(|_| passwords.turn(Duration::ZERO).expect("free")).collect();
        assert!(passwords.turn(Duration::from_millis(1)).is_none());
        assert_eq!(*passwords.busy(), AT_A_TIME, "who was turned away is not counted");
        std::thread::scope(|scope| {
            let next = scope.spawn(|| passwords.turn(Duration::from_secs(30)).is_some());
            drop(turns.pop());
            assert!(next.join().expect("no panic"), "whoever waits comes next");
        });
        drop(turns);
        assert_eq!(*passwords.busy(), 0);
    }

    #[test]
    fn short_long_and_obvious_passwords_are_refused() {
        assert!(objection("123456789", "a").is_some());
        assert!(objection(&"x".repeat(257), "a").is_some());
        assert!(objection("Marguerite1", "marguerite").is_some());
        assert!(objection("一二三四五六七八九十", "a").is_none());
        assert!(objection("correct horse battery", "horse").is_none());
    }
}
