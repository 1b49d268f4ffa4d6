//! The words of the archive: what goes in and what comes out.

use crate::article::CaptureRef;
use crate::coverage::Cause;
use crate::digest;
use crate::error::Result;
use crate::note::Kind;
use crate::time::Time;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::net::SocketAddr;
use std::time::Duration;

/// One response, as it came over the wire, with its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The address as requested, absolute.
    pub url: String,
    /// The method, such as `GET`.
    pub method: String,
    /// The request's headers in the order sent.
    pub request_headers: Vec<(String, String)>,
    /// The request's body; empty for GET.
    pub request_body: Vec<u8>,
    /// The protocol version as received, such as `HTTP/1.1`.
    pub version: String,
    /// The status.
    pub status: u16,
    /// The reason phrase, where one was received; else the standard one is written.
    pub reason: String,
    /// The response's headers in the order received; values are bytes, since servers send what they like.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body as received: `Content-Encoding` kept, `Transfer-Encoding` removed (the header is
    /// then noted in the metadata record and left out of the stored message).
    pub body: Vec<u8>,
    /// When the answer began to arrive; kept to the millisecond.
    pub at: Time,
    /// From sending the request to the end of the body; kept to the millisecond.
    pub elapsed: Duration,
    /// The server's address.
    pub remote: Option<SocketAddr>,
    /// The certificate it showed.
    pub tls: Option<Tls>,
    /// Why the body is not whole, where it is not.
    pub truncated: Option<Truncation>,
    /// What else the crawler knows, as names and values on one line each, such as
    /// (`site`, `hai-ba-trung`) or (`via`, the page that named the address). Names are lower case
    /// letters and hyphens.
    pub notes: Vec<(String, String)>,
    /// Set when reading a revisit record: the body is that of an earlier capture and not repeated here.
    pub unchanged: Option<Unchanged>,
}

impl Capture {
    /// The first response header of that name, compared without case, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    /// The first note of that name.
    #[must_use]
    pub fn note(&self, name: &str) -> Option<&str> {
        self.notes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// How the connection was secured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// `sha256:` and the hex digest of the server's own certificate.
    pub fingerprint: String,
    /// That certificate, DER. Kept once a file; empty when read back (see [`super::Archive::certificate`]).
    pub certificate: Vec<u8>,
    /// Why it was not verified, where a site's entry makes an exception.
    pub unverified: Option<String>,
}

impl Tls {
    /// A verified connection to the holder of this certificate (DER).
    #[must_use]
    pub fn verified(certificate: Vec<u8>) -> Self {
        Self { fingerprint: digest::prefixed(&[&certificate]), certificate, unverified: None }
    }
}

/// Why a body is not whole (WARC 1.1 §5.14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truncation {
    /// The size limit was reached.
    Length,
    /// The time limit was reached.
    Time,
    /// The connection broke.
    Disconnect,
}

/// What a revisit record says (WARC 1.1 §6.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchanged {
    /// How it is known that nothing changed.
    pub profile: Profile,
    /// When the earlier capture of the same address was made.
    pub since: Time,
    /// `sha256:` and the hex digest of its payload.
    pub digest: String,
}

/// How it is known that a page is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The server answered 304.
    NotModified,
    /// The same bytes came again.
    SamePayload,
}

/// A request without a response, or one that was not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The address.
    pub url: String,
    /// The method.
    pub method: String,
    /// When it was given up; kept to the millisecond.
    pub at: Time,
    /// How long it was tried; kept to the millisecond.
    pub elapsed: Duration,
    /// The server's address, where it came to a connection.
    pub remote: Option<SocketAddr>,
    /// What stood in the way.
    pub cause: Cause,
    /// Particulars on one line, such as the robots.txt rule or the system's message.
    pub detail: String,
    /// See [`Capture::notes`].
    pub notes: Vec<(String, String)>,
}

/// Something the crawler concluded, kept so that a rebuild needs no second guess.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// What it is, such as `observation`; see [`Kind`].
    pub kind: String,
    /// What it is about: a site's id, an address.
    pub about: String,
    /// When; kept to the millisecond.
    pub at: Time,
    /// The content.
    pub data: serde_json::Value,
}

impl Note {
    /// A note of a kind.
    ///
    /// # Errors
    /// JSON has no form for what is said.
    pub fn new<T: Serialize>(kind: &Kind<T>, about: &str, at: Time, said: &T) -> Result<Self> {
        Ok(Self { kind: kind.name().to_owned(), about: about.to_owned(), at, data: kind.write(said)? })
    }

    /// What it says, where it is of that kind; see [`Kind::read`].
    #[must_use]
    pub fn says<T: DeserializeOwned>(&self, kind: &Kind<T>) -> Option<T> {
        (self.kind == kind.name()).then(|| kind.read(self.data.clone())).flatten()
    }
}

/// One thing the archive holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A response, or the notice that it was unchanged ([`Capture::unchanged`]).
    Capture(Box<Capture>),
    /// No response.
    Attempt(Attempt),
    /// A conclusion.
    Note(Note),
}

/// A record and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Where it stands; the digest is the payload's (for attempts and notes, the block's).
    pub place: CaptureRef,
    /// What it says.
    pub record: Record,
}
