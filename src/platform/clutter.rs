//! What is on a page and is not its text, what stands in a page's place, and how authors sign.

use super::Pattern;
use foldhash::HashMap;
use scraper::ElementRef;
use std::cell::RefCell;

/// What is on a page and is not its text.
#[derive(Debug, Clone, Default)]
pub struct Clutter {
    /// Over class, id and role: elements such as share bars, related items, comments.
    pub names: Vec<Pattern>,
    /// Over a paragraph: it and all that follows is no longer the text.
    pub tails: Vec<Pattern>,
    /// Over a paragraph: it alone is not of the text.
    pub lines: Vec<Pattern>,
    /// Over a line above the headline: it tells the day of reading.
    pub clocks: Vec<Pattern>,
    /// Over the address of a link: a file to download.
    pub files: Vec<Pattern>,
    /// Over address, name and class of a picture or a frame: a logo, a button, a counter.
    pub signs: Vec<Pattern>,
}

impl Clutter {
    /// The clutter of one page.
    #[must_use]
    pub fn of_page<'d>(&'d self) -> PageClutter<'d> {
        PageClutter { clutter: self, known: RefCell::default() }
    }

    /// Whether the text ends before this paragraph.
    #[must_use]
    pub fn is_tail(&self, text: &str) -> bool {
        self.tails.iter().any(|p| p.matches(text))
    }

    /// Whether a line above the headline may tell the day of reading.
    #[must_use]
    pub fn is_clock(&self, text: &str) -> bool {
        self.clocks.iter().any(|p| p.matches(text))
    }

    /// Whether this paragraph is not of the text.
    #[must_use]
    pub fn is_line(&self, text: &str) -> bool {
        self.lines.iter().any(|p| p.matches(text))
    }
}

/// The clutter of one page. A page repeats its names, so each is looked at once.
#[derive(Debug)]
pub struct PageClutter<'d> {
    /// What is clutter anywhere.
    pub clutter: &'d Clutter,
    known: RefCell<HashMap<&'d str, bool>>,
}

impl<'d> PageClutter<'d> {
    /// Whether an element's class, id or role names it as clutter.
    #[must_use]
    pub fn names(&self, element: ElementRef<'d>) -> bool {
        let value = element.value();
        matches!(value.name(), "nav" | "aside" | "footer")
            || value.attrs().any(|(key, name)| matches!(key, "class" | "id" | "role") && self.is_named(name))
    }

    fn is_named(&self, name: &'d str) -> bool {
        let look = || self.clutter.names.iter().any(|pattern| pattern.matches(name));
        *self.known.borrow_mut().entry(name).or_insert_with(look)
    }
}

/// What may stand in a page's place.
#[derive(Debug, Clone, Default)]
pub struct Obstacles {
    /// Over the source: a test whether we are a browser.
    pub challenge: Vec<Pattern>,
    /// Over title and headline: "not found" said with status 200.
    pub not_found: Vec<Pattern>,
    /// Over title and headline: a log-in form.
    pub login: Vec<Pattern>,
    /// Over title and headline: the portal's own trouble, said with status 200.
    pub failure: Vec<Pattern>,
    /// Over the paragraphs of a text that is hardly one: the same.
    pub failure_lines: Vec<Pattern>,
    /// Over the source: an application that draws the page by script.
    pub script_only: Vec<Pattern>,
}

/// How author lines are written.
#[derive(Debug, Clone, Default)]
pub struct Authors {
    /// Openings of a last line that says whose the text is.
    pub signs: Vec<Pattern>,
    /// What the name of an office begins with: a line in bold letters that is neither that nor a person's name
    /// is a heading or a caption.
    pub offices: Vec<Pattern>,
    /// A user account, not a person or an office.
    pub accounts: Vec<Pattern>,
    /// Expressions whose first group is the name inside a line at the headline that says more.
    pub lines: Vec<Pattern>,
    /// Expressions whose first group is the name inside a line such as `Tác giả: …`.
    pub names: Vec<Pattern>,
}
