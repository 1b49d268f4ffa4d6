//! Who is let in: sessions, the tokens of forms, and how often anything may be tried.
//!
//! Sessions live in memory only, under the hash of an id that nobody can guess; a restart ends them
//! all. Every form carries a token made from its visitor's cookie, so that another site's page
//! cannot post in a visitor's name. Time is the application's.

use crate::digest;
use crate::error::Result;
use crate::record::{Hand, Password, Record, User, Via, kind, random};
use crate::time::Time;
use chrono::{SubsecRound as _, TimeDelta};
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use ring::hmac;
use serde_json::json;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A session ends after this long without a request, and after this long in any case.
const IDLE: TimeDelta = TimeDelta::hours(2);
const WHOLE: TimeDelta = TimeDelta::hours(12);
/// Sessions kept at once; beyond that the one used longest ago ends.
const MOST_SESSIONS: usize = 1000;
/// Subjects a limiter remembers before it forgets those that are free again.
const MOST_SUBJECTS: usize = 10_000;
/// Passwords compared at once: each takes 19 MiB and tens of milliseconds.
const COMPARED_AT_ONCE: usize = 2;

/// What tells the time.
pub(super) type Now = Arc<dyn Fn() -> Time + Send + Sync>;

/// The application's time, as limiters count it.
#[derive(Clone)]
struct Ticks(Now);

impl Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let since = (self.0)().timestamp_nanos_opt().and_then(|nanos| u64::try_from(nanos).ok());
        Nanos::from(since.unwrap_or_default())
    }
}

/// So many at once, and one more after each pause.
struct Limit<K: Hash + Eq + Clone>(RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Nanos>>);

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(at_once: u32, pause: Duration, now: &Now) -> Self {
        let quota = Quota::with_period(pause).expect("the pauses here are not zero");
        let quota = quota.allow_burst(NonZeroU32::new(at_once).expect("the bursts here are not zero"));
        Self(RateLimiter::new(quota, DashMapStateStore::default(), Ticks(Arc::clone(now))))
    }

    fn admits(&self, subject: &K) -> bool {
        if self.0.len() > MOST_SUBJECTS {
            self.0.retain_recent();
        }
        self.0.check_key(subject).is_ok()
    }
}

struct Session {
    user: String,
    /// Changes with the password.
    generation: String,
    begun: Time,
    used: Time,
}

/// The gate.
pub(super) struct Gate {
    record: Record,
    now: Now,
    key: hmac::Key,
    sessions: Mutex<HashMap<[u8; 32], Session>>,
    by_name: Limit<String>,
    by_address: Limit<IpAddr>,
    posts: Limit<IpAddr>,
    requests: Limit<IpAddr>,
    all_requests: Limit<()>,
    noted: Limit<()>,
    /// Held while a password is compared.
    pub(super) comparing: tokio::sync::Semaphore,
}

impl Gate {
    pub(super) fn new(record: Record, now: &Now) -> Self {
        let secret: [u8; 32] = random().expect("a system without random numbers can serve nobody");
        Self {
            record,
            now: Arc::clone(now),
            key: hmac::Key::new(hmac::HMAC_SHA256, &secret),
            sessions: Mutex::default(),
            by_name: Limit::new(10, Duration::from_secs(60), now),
            by_address: Limit::new(20, Duration::from_secs(15), now),
            posts: Limit::new(60, Duration::from_secs(1), now),
            requests: Limit::new(20, Duration::from_secs(180), now),
            all_requests: Limit::new(300, Duration::from_secs(20), now),
            noted: Limit::new(100, Duration::from_secs(60), now),
            comparing: tokio::sync::Semaphore::new(COMPARED_AT_ONCE),
        }
    }

    /// The token that forms of the visitor with this cookie carry.
    pub(super) fn token(&self, cookie: &str) -> String {
        digest::hex(hmac::sign(&self.key, cookie.as_bytes()).as_ref())
    }

    /// Whether a token is the one of this cookie; takes the same time for every wrong one.
    pub(super) fn is_token(&self, cookie: &str, token: &str) -> bool {
        digest::unhex(token).is_some_and(|tag| hmac::verify(&self.key, cookie.as_bytes(), &tag).is_ok())
    }

    /// Whether an address may post once more.
    pub(super) fn admits_post(&self, address: IpAddr) -> bool {
        self.posts.admits(&network(address))
    }

    /// Whether an address may ask for something that people or the next round will have to deal with;
    /// a whole office may stand behind one address.
    pub(super) fn admits_request(&self, address: IpAddr) -> bool {
        self.requests.admits(&network(address)) && self.all_requests.admits(&())
    }

    /// Whether one more try for a name, from an address, is allowed; both are counted.
    pub(super) fn admits_login(&self, name: &str, address: IpAddr) -> bool {
        let (address, name) = (self.by_address.admits(&network(address)), self.by_name.admits(&name.to_owned()));
        address && name
    }

    /// Compares name and password, notes the answer in the journal, and begins a session under a new
    /// cookie where they are right.
    ///
    /// # Errors
    /// Accounts or journal cannot be read or written; then nobody is let in.
    pub(super) fn sign_in(&self, name: &str, password: &Password, address: IpAddr) -> Result<Option<String>> {
        let opened = self.record.users().sign_in(name, password)?;
        let Some(user) = opened else {
            self.note_refusal(name, address)?;
            return Ok(None);
        };
        let from = self.record.files().keep_private(address.to_string().as_bytes())?;
        let hand = Hand { at: self.moment(), by: user.name.clone(), via: Via::Web };
        self.record.append(&hand, kind::LOGIN, json!({"address": from, "role": user.role}))?;
        self.begin(&user).map(Some)
    }

    /// Notes a refused try, unless so many came that noting them would fill the disk. What was typed
    /// is noted only where it is the name of an account: it could be a password.
    fn note_refusal(&self, name: &str, address: IpAddr) -> Result<()> {
        tracing::warn!(%address, "từ chối một lần đăng nhập");
        if !self.noted.admits(&()) {
            return Ok(());
        }
        let from = self.record.files().keep_private(address.to_string().as_bytes())?;
        let known = self.record.users().get(name)?.map(|user| user.name);
        let hand = Hand { at: self.moment(), by: "cchc serve".to_owned(), via: Via::Web };
        self.record.append(&hand, kind::REFUSED_LOGIN, json!({"name": known, "address": from})).map(drop)
    }

    fn begin(&self, user: &User) -> Result<String> {
        let cookie = fresh_cookie()?;
        let now = (self.now)();
        let session = Session { user: user.name.clone(), generation: user.generation(), begun: now, used: now };
        let mut sessions = self.sessions();
        sessions.retain(|_, session| session.lasts(now));
        if sessions.len() >= MOST_SESSIONS {
            let oldest = sessions.iter().min_by_key(|(_, session)| session.used).map(|(id, _)| *id);
            oldest.map(|id| sessions.remove(&id));
        }
        sessions.insert(id(&cookie), session);
        Ok(cookie)
    }

    /// The account signed in under a cookie: as it is now, not as it was when the session began.
    ///
    /// # Errors
    /// The accounts cannot be read.
    pub(super) fn signed(&self, cookie: &str) -> Result<Option<User>> {
        let now = (self.now)();
        let (name, generation) = {
            let mut sessions = self.sessions();
            let Some(session) = sessions.get_mut(&id(cookie)).filter(|session| session.lasts(now)) else {
                return Ok(None);
            };
            session.used = now;
            (session.user.clone(), session.generation.clone())
        };
        let user = self.record.users().get(&name)?;
        Ok(user.filter(|user| !user.disabled && user.generation() == generation))
    }

    /// Ends the session of a cookie.
    pub(super) fn end(&self, cookie: &str) {
        self.sessions().remove(&id(cookie));
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn moment(&self) -> Time {
        (self.now)().trunc_subsecs(0)
    }
}

impl Session {
    fn lasts(&self, now: Time) -> bool {
        now - self.used < IDLE && now - self.begun < WHOLE
    }
}

/// A cookie that nobody can guess.
pub(super) fn fresh_cookie() -> Result<String> {
    random::<32>().map(|bytes| digest::hex(&bytes))
}

fn id(cookie: &str) -> [u8; 32] {
    digest::raw(&[cookie.as_bytes()])
}

/// What counts as one visitor: an IPv4 address, or the /64 that one subscriber is given.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}
