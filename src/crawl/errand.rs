//! One message to a server that is no portal, such as an authority for time stamps.
//!
//! The same client with the same guard as the crawl: no redirect, no private address that the file
//! does not admit, a limit for time and size. Manners of a crawl (robots.txt, pauses) do not apply
//! to a service that asks to be called.

use super::fetch::{Fetcher, Post, Request};
use super::resolve::{Lookup, Policy, Resolver};
use super::{helping, tls};
use crate::error::{Error, Result};
use crate::site::{Settings, Sites};
use crate::time::Time;
use std::collections::HashMap;
use url::Url;

/// Posts something and gives what came back; a Vietnamese sentence where nothing useful did.
///
/// # Errors
/// No client can be made at all, such as for a certificate file that cannot be read.
pub fn post(
    sites: &Sites,
    url: &Url,
    message: Post,
    largest_answer: u64,
    at: Time,
    lookup: Lookup,
) -> Result<std::result::Result<Vec<u8>, String>> {
    let settings = Settings { max_page_size: largest_answer, ..sites.service_settings() };
    let host = url.host_str().unwrap_or_default().to_owned();
    let policy = Policy { allow_private: settings.allow_private, target: settings.resolve.get(&host).copied() };
    let resolver = Resolver::new(HashMap::from([(host, policy)]), lookup);
    let verifier = tls::Verifier::new(helping(&settings)?, HashMap::new(), at);
    let fetcher = Fetcher::new(resolver, verifier, &settings.contact);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::io("không mở được bộ lập lịch mạng", e))?;
    let request = Request { url, post: Some(message), headers: Vec::new(), beginning: None, settings: &settings, at };
    let fetch = runtime.block_on(fetcher.fetch(&request));
    Ok(match (fetch.failure, fetch.capture) {
        (Some((cause, detail)), _) => Err(format!("{}: {detail}", cause.name())),
        (None, Some(capture)) if capture.status == 200 => Ok(capture.body),
        (None, Some(capture)) => Err(format!("máy chủ trả lời mã {}", capture.status)),
        (None, None) => Err("không có trả lời".to_owned()),
    })
}
