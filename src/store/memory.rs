//! What the crawl remembers of pages and sites, in its own form.

use super::Store;
use super::rows::{below, bytes, order, own_form, under};
use crate::coverage::Observation;
use crate::error::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Store {
    /// What is known of a page, by its key.
    ///
    /// # Errors
    /// A damaged row.
    pub fn visit<V: DeserializeOwned>(&self, key: &str) -> Result<Option<V>> {
        self.visits.get(key.as_bytes())?.map(own_form).transpose()
    }

    /// Keeps what is known of a page.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_visit<V: Serialize>(&self, key: &str, visit: &V) -> Result<()> {
        self.visits.put(key.as_bytes(), &bytes(visit)?)
    }

    /// Keeps an address that was found on a site and not yet fetched, by its key.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_pending<T: Serialize>(&self, site: &str, key: &str, target: &T) -> Result<()> {
        self.pending.put(&under(site, key), &bytes(target)?)
    }

    /// Whether such an address waits.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn is_pending(&self, site: &str, key: &str) -> Result<bool> {
        self.pending.contains(&under(site, key))
    }

    /// Forgets such an address, once it was fetched.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn drop_pending(&self, site: &str, key: &str) -> Result<()> {
        self.pending.remove(&under(site, key)).map(drop)
    }

    /// What was found on a site and not yet fetched.
    pub fn pending<'a, T: DeserializeOwned>(&'a self, site: &str) -> impl Iterator<Item = Result<T>> + use<'a, T> {
        self.pending.scan(&under(site, "")).map(|row| own_form(row?.1))
    }

    /// Keeps that a page of a site is an article, to be looked at again in time.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn put_look(&self, site: &str, key: &str, url: &str) -> Result<()> {
        self.looks.put(&under(site, key), &url.as_bytes().to_vec())
    }

    /// The articles of a site: key and address of each.
    pub fn looks<'a>(&'a self, site: &str) -> impl Iterator<Item = Result<(String, String)>> + use<'a> {
        self.looks.scan(&under(site, "")).map(|row| {
            let (key, url) = row?;
            Ok((below(&key), String::from_utf8_lossy(&url).into_owned()))
        })
    }

    /// Keeps a reading of a site.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn observe(&self, observation: &Observation) -> Result<()> {
        let key = format!("{}\0{}", observation.site, order(observation.at));
        self.observations.put(key.as_bytes(), observation)
    }

    /// Every reading, by site and time.
    pub fn observations(&self) -> impl Iterator<Item = Result<Observation>> + '_ {
        self.observations.scan(b"").map(|row| row.map(|(_, observation)| observation))
    }
}
