//! Names to addresses, and who may be contacted.
//!
//! The client connects to exactly what this resolver returns, so a name cannot point elsewhere
//! between check and connection. Answers are kept for a minute, failures too.

use crate::coverage::Cause;
use crate::crawl::guard;
use crate::site::Target;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const KEEP: Duration = Duration::from_secs(60);

/// Looks a name up; replaced in tests.
pub type Lookup = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> + Send + Sync>;

/// What applies to one host of the file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policy {
    /// Private addresses are admitted.
    pub allow_private: bool,
    /// Connect there instead.
    pub target: Option<Target>,
}

/// Why a name has no address we may use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such name.
    #[error("không phân giải được {0}: không có tên miền này, hoặc tên miền không có địa chỉ")]
    Unknown(String),
    /// Nobody answered whether there is: our own network may be down.
    #[error("chưa hỏi được địa chỉ của {0}: nơi phân giải tên miền không trả lời ({1})")]
    Unanswered(String, String),
    /// It resolves to an address that is not public.
    #[error("{0} trỏ tới địa chỉ nội bộ {1}; nếu đúng là máy nội bộ, đặt allow_private = true cho cổng này")]
    Private(String, IpAddr),
}

impl Refusal {
    /// The cause in coverage.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self {
            Self::Unknown(_) => Cause::Dns,
            Self::Unanswered(..) => Cause::Offline,
            Self::Private(..) => Cause::Forbidden,
        }
    }
}

/// Whether the name was looked up and is not there. The system tells that from a look-up that
/// failed by words alone: those of glibc, musl and macOS. What is neither is no answer, which
/// blames nobody's portal.
fn is_absent(error: &io::Error) -> bool {
    const ABSENT: [&str; 4] = [
        "Name or service not known",
        "No address associated with hostname",
        "Name does not resolve",
        "nodename nor servname provided",
    ];
    let text = error.to_string();
    ABSENT.iter().any(|words| text.contains(words))
}

type Answer = Result<Vec<SocketAddr>, Refusal>;

/// Resolves the hosts of one run.
#[derive(Clone)]
pub struct Resolver {
    policies: Arc<HashMap<String, Policy>>,
    lookup: Lookup,
    known: Arc<Mutex<HashMap<String, (Instant, Answer)>>>,
}

impl Resolver {
    /// A resolver for the hosts of the file; any other host must be public.
    #[must_use]
    pub fn new(policies: HashMap<String, Policy>, lookup: Lookup) -> Self {
        Self { policies: Arc::new(policies), lookup, known: Arc::default() }
    }

    /// What applies to a host.
    #[must_use]
    pub fn policy(&self, host: &str) -> Policy {
        self.policies.get(host).copied().unwrap_or_default()
    }

    /// Whether a connection to an address may be kept, as seen from the connection itself.
    #[must_use]
    pub fn admits(&self, host: &str, ip: IpAddr) -> bool {
        guard::is_public(ip) || self.policy(host).allow_private
    }

    /// The addresses of a host; port 0 stands for the one of the URL.
    ///
    /// # Errors
    /// The name does not resolve, or one of its addresses is not public.
    pub async fn addresses(&self, host: &str) -> Answer {
        let policy = self.policy(host);
        if let Some(target) = policy.target {
            return self.check(host, vec![SocketAddr::new(target.ip, target.port.unwrap_or(0))]);
        }
        if let Some(answer) = self.remembered(host) {
            return answer;
        }
        let found = (self.lookup)(host.to_owned()).await;
        let answer = match found {
            Ok(ips) if !ips.is_empty() => self.check(host, ips.into_iter().map(|ip| SocketAddr::new(ip, 0)).collect()),
            Ok(_) => Err(Refusal::Unknown(host.to_owned())),
            Err(error) if is_absent(&error) => Err(Refusal::Unknown(host.to_owned())),
            Err(error) => Err(Refusal::Unanswered(host.to_owned(), error.to_string())),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(host.to_owned(), (Instant::now(), answer.clone()));
        answer
    }

    /// The addresses of a host that may itself be written as an address.
    ///
    /// # Errors
    /// As [`Resolver::addresses`].
    pub async fn host_addresses(&self, host: &str) -> Answer {
        match host.trim_matches(['[', ']']).parse() {
            Ok(ip) if self.policy(host).target.is_none() => self.check(host, vec![SocketAddr::new(ip, 0)]),
            _ => self.addresses(host).await,
        }
    }

    /// One private address among public ones is enough to refuse: which is used is not ours to say.
    fn check(&self, host: &str, addresses: Vec<SocketAddr>) -> Answer {
        match addresses.iter().find(|a| !self.admits(host, a.ip())) {
            Some(address) => Err(Refusal::Private(host.to_owned(), address.ip())),
            None => Ok(addresses),
        }
    }

    fn remembered(&self, host: &str) -> Option<Answer> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(host).filter(|(at, _)| at.elapsed() < KEEP).map(|(_, answer)| answer.clone())
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The machine's own way of looking names up, its hosts file included.
#[must_use]
pub fn system_lookup() -> Lookup {
    Arc::new(|host| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_a_name_that_is_not_there_is_laid_at_the_portals_door() {
        let cases = [
            ("failed to lookup address information: Name or service not known", Cause::Dns),
            ("failed to lookup address information: No address associated with hostname", Cause::Dns),
            ("failed to lookup address information: Name does not resolve", Cause::Dns),
            ("failed to lookup address information: Temporary failure in name resolution", Cause::Offline),
            ("failed to lookup address information: Try again", Cause::Offline),
            ("Too many open files (os error 24)", Cause::Offline),
        ];
        for (said, cause) in cases {
            let lookup: Lookup = Arc::new(move |_| Box::pin(async move { Err(io::Error::other(said)) }));
            let answer = Resolver::new(HashMap::new(), lookup).addresses("portal.example").await;
            assert_eq!(answer.map_err(|refusal| refusal.cause()), Err(cause), "{said}");
        }
    }
}
