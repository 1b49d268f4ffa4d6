//! Kinds of notes: what archive and store keep beside captures and articles.
//!
//! A kind is a name and the type of what is said under it, declared together, so that nothing is
//! written under a name that whoever reads it would not understand.

use crate::error::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;
use std::marker::PhantomData;

/// A kind of notes that say a `T` about a subject.
#[derive(Debug)]
pub struct Kind<T> {
    name: Cow<'static, str>,
    says: PhantomData<fn() -> T>,
}

impl<T> Kind<T> {
    /// The kind of that name: lower case letters, hyphens and underscores.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), says: PhantomData }
    }

    /// Its name in archive and store.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Kind<Value> {
    /// A kind of which only the name is known here; another process knows the type.
    #[must_use]
    pub const fn named(name: String) -> Self {
        Self { name: Cow::Owned(name), says: PhantomData }
    }
}

impl<T: Serialize> Kind<T> {
    /// What is said, as it is kept.
    ///
    /// # Errors
    /// JSON has no form for it.
    pub fn write(&self, said: &T) -> Result<Value> {
        serde_json::to_value(said).map_err(|e| Error::Failed(format!("ghi chú {}: {e}", self.name)))
    }
}

impl<T: DeserializeOwned> Kind<T> {
    /// What a kept note says. One that another version wrote in a form of its own says nothing: the
    /// crawl asks again, the audit will tell.
    #[must_use]
    pub fn read(&self, kept: Value) -> Option<T> {
        let said = serde_json::from_value(kept);
        said.map_err(|error| tracing::warn!(%error, "không đọc được một ghi chú {}; coi như chưa có", self.name)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_what_its_kind_says_or_not_at_all() {
        const COUNT: Kind<u32> = Kind::new("count");
        assert_eq!(COUNT.read(COUNT.write(&7).unwrap()), Some(7));
        assert_eq!(COUNT.read(Value::from("bảy")), None);
    }
}
