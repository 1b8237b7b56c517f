//! Connections that come, ask once or not at all, and go.
//!
//! Chapter 6 · RFC 9112 §9.3
//!
//! *Strategy*: there is nothing wrong with them, but each costs a handshake and a
//! goodbye for one answer, and often it is a proxy that could keep its
//! connections and was not told to. Whoever looks after the server should hear of
//! it, but a proxy may do it for years. So a line is written when it begins: when
//! a thousand of them have come within ten seconds. The next line comes when they
//! come twice as quickly, or when it begins again after an hour of calm. A rate
//! that stays is told once, and no rate fills the log.

use std::time::{Duration, Instant};

/// So many make a batch, and only batches are looked at.
const BATCH: u32 = 1000;
/// A batch that takes longer is no matter.
const SHORT: Duration = Duration::from_secs(10);
/// For so long nothing is said after a line.
const PAUSE: Duration = Duration::from_secs(10);
/// After so long without a batch that is a matter, the next one is news.
const CALM: Duration = Duration::from_secs(3600);

/// How many have passed by, and how quickly.
#[derive(Debug, Default)]
pub(super) struct Passing {
    /// Those of this batch, and when the first of them went.
    number: u32,
    began: Option<Instant>,
    /// When there was last a batch that is a matter.
    busy: Option<Instant>,
    /// When a line was last written, and how long its batch took.
    said: Option<(Instant, Duration)>,
}

impl Passing {
    /// One more has passed by.
    pub(super) fn one_more(&mut self, now: Instant) {
        self.number += 1;
        let began = *self.began.get_or_insert(now);
        if self.number == BATCH {
            (self.number, self.began) = (0, None);
            let took = now.saturating_duration_since(began);
            if self.is_news(now, took) {
                log::warn!(
                    "{BATCH} connections in {took:.1?} asked once or not at all and went: \
                     clients that keep theirs open cost less"
                );
            }
        }
    }

    // ANCHOR: is_news
    /// Whether there should be a line about a batch that took so long.
    fn is_news(&mut self, now: Instant, took: Duration) -> bool {
        if took > SHORT {
            return false;
        }
        let since = |then: Instant| now.saturating_duration_since(then);
        if self.busy.replace(now).is_none_or(|busy| since(busy) > CALM) {
            self.said = None;
        }
        let is_news = match self.said {
            None => true,
            Some((said, back_then)) => since(said) >= PAUSE && took * 2 <= back_then,
        };
        if is_news {
            self.said = Some((now, took));
        }
        is_news
    }
    // ANCHOR_END: is_news
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which batches are told of: each ended at this second and took so many.
    #[track_caller]
    fn check(batches: &[(u64, f64)], expected: &[u64]) {
        let (mut passing, began) = (Passing::default(), Instant::now());
        let told = batches.iter().filter(|(at, took)| {
            passing.is_news(began + Duration::from_secs(*at), Duration::from_secs_f64(*took))
        });
        assert_eq!(told.map(|(at, _)| *at).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_rate_that_stays_is_told_once_one_that_doubles_again_and_none_too_often() {
        check(&[(0, 10.1), (60, 3600.0)], &[]);
        let all_year: Vec<_> = (1..100_000).map(|batch| (batch * 5, 5.0)).collect();
        check(&all_year, &[5]);
        check(&[(10, 8.0), (15, 5.0), (19, 4.0), (23, 4.0), (30, 3.0), (40, 2.0)], &[10, 23, 40]);
        // Within ten seconds nothing is said, however many there are.
        check(&[(10, 8.0), (11, 0.1), (19, 0.1), (20, 0.1), (60, 0.1)], &[10, 20]);
    }

    #[test]
    fn after_an_hour_of_calm_it_is_news_again() {
        check(&[(10, 2.0), (3000, 8.0), (3800, 20.0), (6600, 2.0)], &[10]);
        check(&[(10, 2.0), (3000, 8.0), (3800, 20.0), (6601, 2.0)], &[10, 6601]);
    }

    #[test]
    fn a_batch_takes_as_long_as_from_its_first_to_its_last() {
        let (mut passing, began) = (Passing::default(), Instant::now());
        for batch in 0..3 {
            for number in 1..=u64::from(BATCH) {
                let at = batch * 1000 + number / 250;
                passing.one_more(began + Duration::from_secs(at));
            }
        }
        assert_eq!(passing.said, Some((began + Duration::from_secs(4), Duration::from_secs(4))));
        assert_eq!(passing.busy, Some(began + Duration::from_secs(2004)));
    }
}
