//! Lists of items: how one is read, and how the next page of it is asked for.

use super::{Pattern, Pick};
use scraper::Html;
use serde::{Deserialize, Serialize};
use url::Url;

/// How a list is read and continued.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// One item of the list.
    pub item: Vec<Pick>,
    /// Its address, inside the item.
    pub link: Vec<Pick>,
    /// Its title, inside the item.
    pub title: Vec<Pick>,
    /// Its date, inside the item.
    pub date: Vec<Pick>,
    /// The link to the following page.
    pub next: Vec<Pick>,
    /// Marks in a page's source of a list that goes on by a script, without an address.
    pub scripted: Vec<Pattern>,
    /// The request for the following page, where it is no link.
    pub form: Option<ListingForm>,
}

/// A request that has to be composed from values the page carries.
#[derive(Debug, Clone)]
pub struct ListingForm {
    /// Where it goes, relative to the page.
    pub url: String,
    /// The field that counts pages.
    pub page: String,
    /// The number of the first page.
    pub first: u64,
    /// Headers it needs.
    pub headers: Vec<(String, String)>,
    /// Its other fields.
    pub fields: Vec<FormField>,
}

/// A field of the request and where the page carries its value.
#[derive(Debug, Clone)]
pub struct FormField {
    /// Its name in the request.
    pub name: String,
    /// Elements that hold the value.
    pub from: Vec<Pick>,
    /// Expressions over the page's source whose first group is the value.
    pub pattern: Vec<Pattern>,
}

/// One request for one page of a list; knows its follower, so the list can be walked without the
/// first page at hand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListingRequest {
    /// Where it goes. A request without fields is a plain GET.
    pub url: String,
    /// Headers it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The fields of a form POST, the page's number included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<(String, String)>,
    /// The field that counts pages; empty for a GET.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub page_field: String,
}

impl ListingRequest {
    /// A plain link to the following page.
    #[must_use]
    pub fn link(url: &Url) -> Self {
        Self { url: url.to_string(), headers: Vec::new(), form: Vec::new(), page_field: String::new() }
    }

    /// Whether it is a POST.
    #[must_use]
    pub fn is_post(&self) -> bool {
        !self.form.is_empty()
    }

    /// The body of a POST, `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn body(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.form).finish()
    }

    /// The number of the page it asks for; `None` for a GET.
    #[must_use]
    pub fn page(&self) -> Option<u64> {
        self.form.iter().find(|(name, _)| *name == self.page_field).and_then(|(_, n)| n.parse().ok())
    }

    /// The request for the page after this one; `None` for a GET, whose answer names its follower.
    #[must_use]
    pub fn following(&self) -> Option<Self> {
        let next = self.page()?.checked_add(1)?.to_string();
        let mut request = self.clone();
        request.form.iter_mut().filter(|(name, _)| *name == self.page_field).for_each(|(_, n)| n.clone_from(&next));
        Some(request)
    }
}

impl ListingForm {
    /// Composes the request for the list's first page; `None` unless the page carries every value.
    #[must_use]
    pub fn compose(&self, document: &Html, source: &str, base: &Url) -> Option<ListingRequest> {
        let mut form = vec![(self.page.clone(), self.first.to_string())];
        for field in &self.fields {
            form.push((field.name.clone(), field.value(document, source)?));
        }
        let url = base.join(&self.url).ok()?.to_string();
        Some(ListingRequest { url, headers: self.headers.clone(), form, page_field: self.page.clone() })
    }
}

impl FormField {
    fn value(&self, document: &Html, source: &str) -> Option<String> {
        let root = document.root_element();
        let attribute = |pick: &Pick| Some(pick.first(root)?.attr(pick.attribute().unwrap_or("value"))?.to_owned());
        let value = self.from.iter().find_map(attribute);
        let value = value.or_else(|| self.pattern.iter().find_map(|p| p.capture(source)).map(str::to_owned));
        value.filter(|v| !v.trim().is_empty())
    }
}
