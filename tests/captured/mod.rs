//! One page as the archive of a test holds it.

#![allow(unreachable_pub, reason = "a module of several test files")]

use cchc_audit::archive::{Capture, Options, Writer};
use cchc_audit::article::CaptureRef;
use cchc_audit::time;
use std::path::Path;
use std::time::Duration;

pub const MOMENT: &str = "2026-05-11T01:00:00+07:00";

/// Archives a ward's page of one content type, as it came at [`MOMENT`].
pub fn page(archive: &Path, url: &str, content_type: &str, body: &str) -> CaptureRef {
    let capture = Capture {
        url: url.to_owned(),
        method: "GET".to_owned(),
        request_headers: Vec::new(),
        request_body: Vec::new(),
        version: "HTTP/1.1".to_owned(),
        status: 200,
        reason: "OK".to_owned(),
        headers: vec![("Content-Type".to_owned(), content_type.as_bytes().to_vec())],
        body: body.as_bytes().to_vec(),
        at: time::parse(MOMENT).unwrap(),
        elapsed: Duration::from_millis(5),
        remote: None,
        tls: None,
        truncated: None,
        notes: Vec::new(),
        unchanged: None,
    };
    let writer = Writer::open(archive, Options::default()).unwrap();
    let place = writer.write(&capture, None).unwrap();
    writer.close().unwrap();
    place
}
