//! Asks the configured authorities for time stamps over the seals.
//!
//! A night does not fail for want of a stamp: what is not answered waits for the next night.

use crate::crawl::errand;
use crate::crawl::fetch::Post;
use crate::crawl::resolve::Lookup;
use crate::error::Result;
use crate::evidence::{Seal, stamp};
use crate::record::{Hand, Record};
use crate::site::Sites;
use url::Url;

/// Seals of earlier nights that one night asks for, at most, beside its own.
const BACKLOG: usize = 30;

/// What came of asking.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Stamps that were kept.
    pub kept: usize,
    /// What was not to be had, a Vietnamese sentence each.
    pub missing: Vec<String>,
}

/// Asks every authority for a stamp over each seal it has not stamped, the newest first, until one
/// is not answered.
///
/// # Errors
/// The journal cannot be read or written.
pub fn ask(record: &Record, sites: &Sites, hand: &Hand, lookup: &Lookup) -> Result<Asked> {
    let mut asked = Asked::default();
    for authority in &sites.authorities {
        let pending = stamp::pending(record, authority.as_str())?;
        for (kept, seal) in pending.iter().take(BACKLOG + 1).enumerate() {
            match one(record, sites, hand, lookup, authority, seal)? {
                Ok(()) => asked.kept += 1,
                Err(why) => {
                    let waiting = pending.len() - kept;
                    asked.missing.push(format!(
                        "chưa lấy được dấu thời gian từ {authority} ({why}); {waiting} niêm phong chờ, lần sau hỏi lại"
                    ));
                    break;
                }
            }
        }
    }
    Ok(asked)
}

fn one(
    record: &Record,
    sites: &Sites,
    hand: &Hand,
    lookup: &Lookup,
    authority: &Url,
    seal: &Seal,
) -> Result<std::result::Result<(), String>> {
    let request = stamp::request(seal)?;
    let message = Post { media_type: stamp::QUERY, bytes: request.body.clone() };
    let answer = match errand::post(sites, authority, message, stamp::MAX_ANSWER, hand.at, lookup.clone())? {
        Ok(answer) => answer,
        Err(why) => return Ok(Err(why)),
    };
    Ok(match stamp::keep(record, hand, seal, authority.as_str(), &request, &answer)? {
        Ok(_) => Ok(()),
        Err(why) => Err(why),
    })
}
