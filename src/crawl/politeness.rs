//! When the next request to a group of sites may leave.
//!
//! Holds no socket and reads no clock: the caller says what time it is, so a whole night is
//! tested in a millisecond. That only one request is under way is the loop's duty.
//!
//! The gap is at least the configured one. It grows when answers slow down or the server fails,
//! and shrinks again with every good answer. 429, 503 and Retry-After stop the whole group.
//! Which sites make a group is said here as well ([`groups`]).

use core::net::SocketAddr;
use std::collections::HashMap;
use std::time::Duration;

/// A point in time: how long after the beginning of the run.
pub type Moment = Duration;

/// Nobody is made to wait longer than this between two requests because of slowness.
const MAX_STRAIN: Duration = Duration::from_secs(60);

/// A server that asks for a longer pause is left alone for tonight.
pub const MAX_PAUSE: Duration = Duration::from_secs(600);

/// No longer than this is a server left alone, whatever it asks for: the next night looks again.
const MAX_REST: Duration = Duration::from_secs(3 * 86_400);

/// The first pause after 429 or 503 without Retry-After; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// Answers faster than this are never called slow.
const QUICK: Duration = Duration::from_millis(500);

/// How an answer bears on the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The server did its work; 404 and 410 are answers too.
    Fine,
    /// 5xx, a broken answer, none in time.
    Failing,
    /// 429 or 503, with what Retry-After asks for.
    Throttled(Option<Duration>),
}

/// What we know of one group's patience.
#[derive(Debug, Clone)]
pub struct Manners {
    delay: Duration,
    last: Option<Moment>,
    paused_until: Moment,
    /// What is added to the delay for slowness and failures.
    strain: Duration,
    /// How long an answer usually takes.
    usual: Option<Duration>,
    /// Pauses in a row, forgiven one by one by good answers.
    pauses: u32,
    rests_until: Option<Moment>,
    random: u64,
}

impl Manners {
    /// Manners towards a group that wants `delay` between two requests; the seed varies pauses.
    #[must_use]
    pub fn new(delay: Duration, seed: u64) -> Self {
        Self {
            delay,
            last: None,
            paused_until: Moment::ZERO,
            strain: Duration::ZERO,
            usual: None,
            pauses: 0,
            rests_until: None,
            random: seed | 1,
        }
    }

    /// The earliest moment for the next request, never before `now`.
    #[must_use]
    pub fn next_turn(&self, now: Moment) -> Moment {
        let spaced = self.last.map_or(now, |last| last + self.gap());
        now.max(spaced).max(self.paused_until)
    }

    /// The gap kept at present.
    #[must_use]
    pub fn gap(&self) -> Duration {
        self.delay + self.strain
    }

    /// Until when the server asked to be left alone, where that is beyond what a night can bear.
    #[must_use]
    pub fn rests_until(&self) -> Option<Moment> {
        self.rests_until
    }

    /// A request leaves.
    pub fn sent(&mut self, at: Moment) {
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
    }

    /// An answer came, or did not; says whether we stand back because of it.
    pub fn answered(&mut self, now: Moment, elapsed: Duration, answer: Answer) -> bool {
        match answer {
            Answer::Fine => {
                self.pauses = self.pauses.saturating_sub(1);
                self.judge_speed(elapsed);
                false
            }
            Answer::Failing => {
                let ceiling = (10 * self.delay).clamp(Duration::from_secs(5), MAX_STRAIN);
                self.strain = (2 * self.strain).max(self.delay).max(Duration::from_millis(250)).min(ceiling);
                true
            }
            Answer::Throttled(asked) => {
                let doubled = FIRST_PAUSE.saturating_mul(1 << self.pauses.min(16));
                let pause = asked.unwrap_or(doubled.min(MAX_PAUSE));
                if pause > MAX_PAUSE {
                    self.rests_until = self.rests_until.max(Some(now + pause.min(MAX_REST)));
                }
                self.pauses = (self.pauses + 2).min(32);
                let pause = pause.min(MAX_PAUSE);
                self.paused_until = self.paused_until.max(now + pause + self.jitter(pause));
                true
            }
        }
    }

    /// Slow is what takes twice as long as usual; then the server gets as much rest as it took.
    fn judge_speed(&mut self, elapsed: Duration) {
        let usual = *self.usual.get_or_insert(elapsed);
        if elapsed > QUICK.max(2 * usual) {
            self.strain = self.strain.max(elapsed).min(MAX_STRAIN);
        } else {
            self.strain = if self.strain < Duration::from_millis(10) { Duration::ZERO } else { self.strain / 2 };
        }
        self.usual = Some((usual * 9 + elapsed) / 10);
    }

    /// Up to a quarter more, so that groups that were stopped together do not come back together.
    fn jitter(&mut self, pause: Duration) -> Duration {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        pause / 4 * u32::try_from(self.random % 1024).unwrap_or(0) / 1024
    }
}

/// The politeness groups of sites, each given by its declared group and the addresses of its host:
/// those that share a declared group, or else any address, stand together (DESIGN, idea 7). A port
/// that `resolve` names is part of the address: whoever wrote it meant another server.
#[must_use]
pub fn groups(sites: &[(Option<&str>, &[SocketAddr])]) -> Vec<Vec<usize>> {
    #[derive(PartialEq, Eq, Hash)]
    enum Mark<'a> {
        Named(&'a str),
        At(SocketAddr),
    }
    let mut leader: Vec<usize> = (0..sites.len()).collect();
    let mut seen: HashMap<Mark<'_>, usize> = HashMap::new();
    for (index, (group, addresses)) in sites.iter().enumerate() {
        let marks: Vec<Mark<'_>> = match group {
            Some(name) => vec![Mark::Named(name)],
            None => addresses.iter().map(|address| Mark::At(*address)).collect(),
        };
        for mark in marks {
            let other = *seen.entry(mark).or_insert(index);
            let (from, to) = (root(&leader, index), root(&leader, other));
            leader[from] = to;
        }
    }
    let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
    for index in 0..sites.len() {
        let root = root(&leader, index);
        match groups.iter_mut().find(|(r, _)| *r == root) {
            Some((_, members)) => members.push(index),
            None => groups.push((root, vec![index])),
        }
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

fn root(leader: &[usize], mut index: usize) -> usize {
    while leader[index] != index {
        index = leader[index];
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn waits_for_the_later_of_delay_and_pause() {
        // delay, last request, Retry-After that came at 10, now → next turn, without jitter
        for (delay, last, retry, now, next) in [
            (2, None, None, 0, 0),
            (2, Some(10), None, 11, 12),
            (2, Some(10), None, 20, 20),
            (0, Some(10), None, 10, 10),
            (2, Some(10), Some(90), 11, 100),
        ] {
            let mut manners = Manners::new(s(delay), 7);
            if let Some(last) = last {
                manners.sent(s(last));
            }
            if let Some(retry) = retry {
                manners.answered(s(10), s(0), Answer::Throttled(Some(s(retry))));
            }
            let turn = manners.next_turn(s(now));
            let most = retry.map_or(next, |r| next + r / 4);
            assert!(s(next) <= turn && turn <= s(most + 1), "{turn:?} for {next}");
        }
    }

    #[test]
    fn slow_answers_lengthen_the_gap_and_quick_ones_forgive() {
        let mut manners = Manners::new(s(1), 7);
        manners.answered(s(0), s(1) / 10, Answer::Fine);
        assert_eq!(manners.gap(), s(1));
        manners.answered(s(1), s(3), Answer::Fine);
        assert_eq!(manners.gap(), s(4));
        manners.answered(s(2), s(1) / 10, Answer::Fine);
        assert_eq!(manners.gap(), s(1) + s(3) / 2);
        for second in 3..20 {
            manners.answered(s(second), s(1) / 10, Answer::Fine);
        }
        assert_eq!(manners.gap(), s(1));
    }

    #[test]
    fn a_server_that_is_always_slow_gets_its_rest_once() {
        let mut manners = Manners::new(s(1), 7);
        for second in 0..50 {
            manners.answered(s(second), s(2), Answer::Fine);
        }
        assert_eq!(manners.gap(), s(1));
    }

    #[test]
    fn failures_lengthen_the_gap_up_to_ten_delays() {
        let mut manners = Manners::new(s(5), 7);
        let gaps: Vec<u64> = (0..6)
            .map(|second| {
                assert!(manners.answered(s(second), s(0), Answer::Failing));
                manners.gap().as_secs()
            })
            .collect();
        assert_eq!(gaps, [10, 15, 25, 45, 55, 55]);
    }

    #[test]
    fn pauses_double_and_are_forgiven() {
        let mut manners = Manners::new(s(0), 7);
        let pause = |manners: &mut Manners, at: Duration| {
            manners.answered(at, s(0), Answer::Throttled(None));
            manners.next_turn(at) - at
        };
        let first = pause(&mut manners, s(0));
        assert!(s(5) <= first && first < s(7), "{first:?}");
        let second = pause(&mut manners, s(100));
        assert!(s(20) <= second && second < s(26), "{second:?}");
        for second in 200..210 {
            manners.answered(s(second), s(0), Answer::Fine);
        }
        let third = pause(&mut manners, s(300));
        assert!(third < s(7), "{third:?}");
        assert_eq!(manners.rests_until(), None);
    }

    #[test]
    fn pauses_never_pass_the_ceiling() {
        let mut manners = Manners::new(s(0), 7);
        for _ in 0..40 {
            manners.answered(s(0), s(0), Answer::Throttled(None));
        }
        assert!(manners.next_turn(s(0)) <= MAX_PAUSE * 5 / 4);
        assert_eq!(manners.rests_until(), None);
        manners.answered(s(7), s(0), Answer::Throttled(Some(s(86_400))));
        assert_eq!(manners.rests_until(), Some(s(86_407)));
        manners.answered(s(8), s(0), Answer::Throttled(Some(s(u64::MAX))));
        assert_eq!(manners.rests_until(), Some(s(8) + MAX_REST));
    }

    /// Two hundred hosts in five groups of one night, by a clock that only shows what it is told.
    #[test]
    fn a_night_is_as_long_as_its_longest_group_needs() {
        let (sites, requests) = (40, 4);
        let mut random = 88_172_645_463_325_252_u64;
        let mut night = Duration::ZERO;
        let mut longest = Duration::ZERO;
        for delay in [s(5), s(2), s(1), s(1), s(1) / 2] {
            let mut manners = Manners::new(delay, 7);
            let mut now = Duration::ZERO;
            for request in 0..sites * requests {
                let turn = manners.next_turn(now);
                assert!(request == 0 || turn >= delay * request, "never sooner than the delay");
                manners.sent(turn);
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                let elapsed = Duration::from_millis(150 + random % 300);
                now = turn + elapsed;
                manners.answered(now, elapsed, Answer::Fine);
            }
            night = night.max(now);
            longest = longest.max(delay * (sites * requests - 1) + s(1) / 2);
        }
        assert!(night <= longest * 103 / 100, "{night:?} for {longest:?}");
    }

    #[test]
    fn sites_on_one_server_are_one_group() {
        let at = |text: &str| -> SocketAddr { text.parse().unwrap() };
        let (a, b, other_port) = (at("10.0.0.1:0"), at("10.0.0.2:0"), at("10.0.0.1:81"));
        let (one, both, two, port, nowhere) = ([a], [a, b], [b], [other_port], []);
        let sites: [(Option<&str>, &[SocketAddr]); 7] = [
            (None, &one),
            (None, &port),
            (None, &two),
            (None, &both),
            (Some("nền"), &one),
            (Some("nền"), &nowhere),
            (None, &nowhere),
        ];
        // The fourth has both addresses and so joins the first and the third.
        assert_eq!(groups(&sites), [vec![0, 2, 3], vec![1], vec![4, 5], vec![6]]);
    }
}
