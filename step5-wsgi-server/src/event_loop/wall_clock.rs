//! The clock on the wall, and whether somebody has set it.
//!
//! Chapter 6
//!
//! *Strategy*: deadlines are counted by a clock that only goes forward and that
//! nobody can set, so a jump of the other one does no harm. But whoever reads the
//! log afterwards wonders at its times. So now and then it is looked at how far
//! both clocks have come since the last look: if one came further than the other,
//! the clock on the wall was set, and a line says so. Nobody is woken for that: a
//! loop that has slept for an hour finds a jump of that hour when it wakes.

use std::fmt;
use std::time::{Duration, Instant, SystemTime};

/// How often it is looked at, at the most, and how often after a line.
const PAUSE: Duration = Duration::from_secs(1);
const LONG_PAUSE: Duration = Duration::from_secs(10);
/// A jump that is worth a line: a leap second is not.
const JUMP: Duration = Duration::from_millis(1500);

/// Both clocks as they were at the last look.
#[derive(Debug)]
pub(crate) struct WallClock {
    steady: Instant,
    wall: SystemTime,
    not_before: Instant,
}

/// How the clock on the wall was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Jump {
    Back(Duration),
    Forward(Duration),
}

impl WallClock {
    pub(crate) fn new() -> Self {
        let (steady, wall) = (Instant::now(), SystemTime::now());
        WallClock { steady, wall, not_before: steady + PAUSE }
    }

    /// Looks at it, unless it was looked at a moment ago, and says if it was set.
    pub(crate) fn look(&mut self, now: Instant) {
        if now < self.not_before {
            return;
        }
        // `now` may be old: an application has run since. Both are read together.
        let pause = match self.jump(Instant::now(), SystemTime::now()) {
            None => PAUSE,
            Some(jump) => {
                log::warn!("{jump}");
                LONG_PAUSE
            }
        };
        self.not_before = now + pause;
    }

    // ANCHOR: jump
    /// How the clock was set since the last look, if it was.
    fn jump(&mut self, steady: Instant, wall: SystemTime) -> Option<Jump> {
        let went_by = steady.saturating_duration_since(self.steady);
        let jump = match wall.duration_since(self.wall) {
            Ok(shown) if shown >= went_by => Jump::Forward(shown - went_by),
            Ok(shown) => Jump::Back(went_by - shown),
            Err(error) => Jump::Back(went_by + error.duration()),
        };
        (self.steady, self.wall) = (steady, wall);
        let (Jump::Back(by) | Jump::Forward(by)) = jump;
        (by >= JUMP).then_some(jump)
    }
    // ANCHOR_END: jump
}

impl fmt::Display for Jump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (how, by, or) = match self {
            Jump::Back(by) => ("back", by, ""),
            Jump::Forward(by) => ("forward", by, ", or the machine slept"),
        };
        let seconds = by.as_secs_f64();
        write!(
            f,
            "the clock was set {how} by {seconds:.1} s{or}: Date and the access log follow it, deadlines do not"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// What is found if the wall's clock shows `wall` seconds more than at the
    /// last look, and `steady` seconds have gone by.
    #[track_caller]
    fn check(steady: Duration, wall: impl Fn(SystemTime) -> SystemTime, expected: Option<Jump>) {
        let mut clock = WallClock::new();
        let (later, shown) = (clock.steady + steady, wall(clock.wall));
        assert_eq!(clock.jump(later, shown), expected);
        // It is told once, and the new time is as good as the old.
        let second = Duration::from_secs(1);
        assert_eq!(clock.jump(later + second, shown + second), None);
    }

    #[test]
    fn a_clock_that_was_set_is_found_once_and_one_that_goes_is_not() {
        let seconds = Duration::from_secs_f64;
        check(seconds(1.0), |wall| wall + seconds(1.0), None);
        check(seconds(1.0), |wall| wall - HOUR, Some(Jump::Back(HOUR + seconds(1.0))));
        check(seconds(1.0), |wall| wall + HOUR, Some(Jump::Forward(HOUR - seconds(1.0))));
        // While the loop slept for longer than the clock was set back by.
        check(2 * HOUR, |wall| wall + HOUR, Some(Jump::Back(HOUR)));
        check(24 * HOUR, |wall| wall + 24 * HOUR, None);
        // A leap second, one way or the other, and one that stands still.
        check(seconds(1.0), |wall| wall, None);
        check(seconds(1.0), |wall| wall + seconds(2.0), None);
        check(seconds(1.5), |wall| wall, Some(Jump::Back(seconds(1.5))));
    }

    #[test]
    fn the_line_says_which_way_how_far_and_what_it_means() {
        let line = Jump::Back(HOUR).to_string();
        assert!(line.starts_with("the clock was set back by 3600.0 s: "), "{line}");
        assert!(line.ends_with("deadlines do not"), "{line}");
        let line = Jump::Forward(HOUR).to_string();
        assert!(
            line.starts_with("the clock was set forward by 3600.0 s, or the machine "),
            "{line}"
        );
    }
}
