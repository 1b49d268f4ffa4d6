//! What stands after `?` in an address, and the links made from it: every view is a link.

use super::error::Refusal;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::str::FromStr;
use url::form_urlencoded;

/// The parameters that say what is looked at; links between pages carry them along.
const VIEW: [&str; 3] = ["plan", "ngay", "ky"];
/// More than this of one value is nobody's question.
const LONGEST: usize = 500;

/// The parameters of an address; empty ones, as forms send them, count as absent.
#[derive(Debug, Clone, Default)]
pub(super) struct Address(BTreeMap<String, String>);

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(parts.uri.query().unwrap_or_default()))
    }
}

impl Address {
    /// Reads a query; the first of several values stands.
    pub(super) fn read(query: &str) -> Self {
        let mut values = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value: String = value.trim().chars().take(LONGEST).collect();
            let value = if name == "ngay" { iso(value) } else { value };
            if !value.is_empty() {
                values.entry(name.into_owned()).or_insert(value);
            }
        }
        Self(values)
    }

    /// The names of what is asked.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A value read as something; a value that is not one is the visitor's fault.
    pub(super) fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let wrong = |value: &str| Refusal::Bad(format!("«{value}» không dùng được cho `{name}`."));
        self.get(name).map(|value| value.parse().map_err(|_| wrong(value))).transpose()
    }

    /// The plan, day and period, as the query of another page.
    pub(super) fn view(&self) -> String {
        let chosen = VIEW.iter().filter_map(|name| self.get(name).map(|value| (*name, value)));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(chosen).finish()
    }

    /// All parameters, with some set anew.
    pub(super) fn with(&self, changes: &[(&str, &str)]) -> String {
        let mut values: BTreeMap<&str, &str> = self.0.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        values.extend(changes.iter().copied());
        values.retain(|_, value| !value.is_empty());
        form_urlencoded::Serializer::new(String::new()).extend_pairs(values).finish()
    }
}

/// A day as people write it, as addresses do; anything else stays as it is.
fn iso(day: String) -> String {
    NaiveDate::parse_from_str(&day, "%d/%m/%Y").map_or(day, |day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_what_is_looked_at() {
        let address = Address::read("plan=ha-noi-2026&ky=&ngay=2026-05-01&ten=%C4%90%E1%BB%91ng&ten=x");
        assert_eq!(address.view(), "plan=ha-noi-2026&ngay=2026-05-01");
        assert_eq!(address.get("ten"), Some("Đống"));
        assert_eq!(address.with(&[("trang", "2"), ("ten", "")]), "ngay=2026-05-01&plan=ha-noi-2026&trang=2");
        assert!(address.parsed::<u32>("ngay").is_err());
        assert_eq!(Address::read("ngay=9/5/2026").get("ngay"), Some("2026-05-09"));
        assert_eq!(Address::read("ngay=31/2/2026").get("ngay"), Some("31/2/2026"));
    }
}
