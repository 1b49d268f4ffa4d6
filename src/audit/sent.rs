//! What a unit sent, and which posted item a line of the ledger speaks of.
//!
//! By its address where the item there is known, else by title and day, one line to one item and
//! the nearest first: a title such as «Kết quả giải quyết thủ tục hành chính trong tháng» comes
//! back every month, and each line must find its own month's item or none.

use crate::decision::{LedgerLine, Outcome};
use crate::text;
use chrono::NaiveDate;
use std::collections::HashSet;

/// The desk may write an item down only after it is posted, as it gets round to it; by more days
/// than this, the item is an older one with the same title.
const WRITTEN_LATE: i64 = 2;

/// An item posted later than this is another one with the same title: the desk posts within weeks,
/// and to take an item from its own month may make that month unmet.
const LONGEST_WAIT: i64 = 60;

/// The same title again within so many days is the same item sent again. Less than a week, because
/// a weekly item may bear one title for months.
const SENT_AGAIN: i64 = 6;

/// A posted item as far as a line without an address can be matched with it.
#[derive(Debug, Clone, Copy)]
pub struct Posted<'a> {
    /// Its place in the caller's list.
    pub at: usize,
    /// Its title.
    pub title: &'a str,
    /// The day it was posted, or first seen where no source says.
    pub day: NaiveDate,
}

/// One item as it was sent, be it more than once.
#[derive(Debug)]
pub struct Sending<'a> {
    /// Its lines, by the day of receipt.
    pub lines: Vec<&'a LedgerLine>,
    /// The posted item, by its place in the caller's list.
    pub post: Option<usize>,
    title: String,
}

impl<'a> Sending<'a> {
    fn new(line: &'a LedgerLine, post: Option<usize>) -> Self {
        Self { lines: vec![line], post, title: key(&line.title) }
    }

    /// Whether a later line is the same item sent again.
    fn holds(&self, line: &LedgerLine, post: Option<usize>) -> bool {
        if self.post.is_some() && post.is_some() {
            return self.post == post;
        }
        let Some(last) = self.lines.last() else { return false };
        let elsewhere = last.url.is_some() && line.url.is_some() && last.url != line.url;
        // What was refused for its content and comes back was worked on: another item.
        !elsewhere
            && !is_refused(last)
            && !is_refused(line)
            && (line.received - last.received).num_days() <= SENT_AGAIN
            && self.title == key(&line.title)
    }
}

/// Whether the desk found a line's item not new or off theme.
fn is_refused(line: &LedgerLine) -> bool {
    matches!(line.outcome, Outcome::NotNew | Outcome::OffTheme)
}

/// Puts one unit's lines together with what was posted. `posts`: the unit's items where the desk
/// posts; `addressed`: the item at a line's address, where it is known.
#[must_use]
pub fn sendings<'a>(
    mut lines: Vec<&'a LedgerLine>,
    posts: &[Posted<'_>],
    addressed: impl Fn(&LedgerLine) -> Option<usize>,
) -> Vec<Sending<'a>> {
    lines.sort_by(|a, b| (a.received, &a.id).cmp(&(b.received, &b.id)));
    let mut sendings: Vec<Sending<'a>> = Vec::with_capacity(lines.len());
    for line in lines {
        let post = addressed(line);
        match sendings.iter_mut().rev().find(|sending| sending.holds(line, post)) {
            Some(sending) => {
                sending.post = sending.post.or(post);
                sending.lines.push(line);
            }
            None => sendings.push(Sending::new(line, post)),
        }
    }
    match_titles(&mut sendings, posts);
    sendings
}

/// Gives each item left over to the nearest line with its title.
fn match_titles(sendings: &mut [Sending<'_>], posts: &[Posted<'_>]) {
    let mut taken: HashSet<usize> = sendings.iter().filter_map(|sending| sending.post).collect();
    let posts: Vec<(String, &Posted)> = if sendings.iter().all(|sending| sending.post.is_some()) {
        Vec::new()
    } else {
        posts.iter().filter(|post| !taken.contains(&post.at)).map(|post| (key(post.title), post)).collect()
    };
    let mut pairs = Vec::new();
    for (n, sending) in sendings.iter().enumerate().filter(|(_, sending)| sending.post.is_none()) {
        let first = sending.lines[0];
        for (_, post) in posts.iter().filter(|(title, _)| *title == sending.title) {
            let days = (post.day - first.received).num_days();
            if (-WRITTEN_LATE..=LONGEST_WAIT).contains(&days) {
                // A line that was accepted has the better claim.
                pairs.push((is_refused(first), days.abs(), days < 0, n, post.at));
            }
        }
    }
    pairs.sort_unstable();
    for (.., n, at) in pairs {
        if sendings[n].post.is_none() && taken.insert(at) {
            sendings[n].post = Some(at);
        }
    }
}

/// Whether people would say that two titles are one.
pub(super) fn is_same_title(a: &str, b: &str) -> bool {
    key(a) == key(b)
}

/// A title's words: case, spelling of tones and punctuation do not tell titles apart.
fn key(title: &str) -> String {
    text::words(&text::normal(title)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, day: &str, title: &str, outcome: Outcome) -> LedgerLine {
        LedgerLine {
            id: id.to_owned(),
            unit: "phuong-cua-nam".parse().unwrap(),
            received: day.parse().unwrap(),
            title: title.to_owned(),
            kind: None,
            topic: None,
            also: Vec::new(),
            url: None,
            outcome,
            reason: String::new(),
            item: None,
            loaded: crate::time::parse("2026-12-01T00:00:00+07:00").unwrap(),
        }
    }

    #[test]
    fn a_title_that_comes_back_finds_the_nearest_item_after_it() {
        // Days of receipt; days of posting; each sending's first day, with the day of its item. All of
        // 2026, and all with one title.
        for (received, posted, expected) in [
            ("03-29 04-29", "03-30 05-02", "03-29=03-30 04-29=05-02"),
            ("05-29", "03-10", "05-29"),
            ("05-29", "05-27", "05-29=05-27"),
            ("05-29", "05-26", "05-29"),
            ("05-29", "05-28 05-30", "05-29=05-30"),
            ("03-29 04-29", "05-02", "03-29 04-29=05-02"),
            ("03-29 04-29 05-29", "", "03-29 04-29 05-29"),
            ("05-04 05-08", "05-09", "05-04=05-09"),
            ("05-04 05-11", "05-12", "05-04 05-11=05-12"),
            ("01-29", "09-30", "01-29"),
            ("03-29 04-05", "03-31 05-04", "03-29=03-31 04-05=05-04"),
            ("", "05-02", ""),
        ] {
            let days = |list: &str| list.split_whitespace().map(|day| format!("2026-{day}")).collect::<Vec<_>>();
            let lines: Vec<_> =
                days(received).iter().map(|day| line(day, day, "Kết quả trong tháng", Outcome::Received)).collect();
            let post =
                |(at, day): (usize, &String)| Posted {
                    at, title: "KẾT QUẢ trong tháng.", day: day.parse().unwrap()
                };
            let posts: Vec<_> = days(posted).iter().enumerate().map(post).collect();
            let found = sendings(lines.iter().collect(), &posts, |_| None).into_iter().map(|sending| {
                let item = sending.post.map_or(String::new(), |at| posts[at].day.format("=%m-%d").to_string());
                sending.lines[0].received.format("%m-%d").to_string() + &item
            });
            assert_eq!(found.collect::<Vec<_>>().join(" "), expected, "{received} / {posted}");
        }
    }

    #[test]
    fn an_address_goes_before_titles_and_a_refused_line_last() {
        let posts = [Posted { at: 7, title: "Tin", day: "2026-05-12".parse().unwrap() }];
        let lines = [
            line("a", "2026-05-11", "Tin", Outcome::Received),
            line("b", "2026-04-01", "Tên khác", Outcome::Posted),
            line("c", "2026-05-12", "Tin", Outcome::NotNew),
        ];
        let of = |at_address: &str| {
            let found = sendings(lines.iter().collect(), &posts, |line| (line.id == at_address).then_some(7));
            let mut found: Vec<_> = found.iter().map(|s| (s.lines[0].id.clone(), s.post)).collect();
            found.sort();
            found.into_iter().map(|(_, post)| post).collect::<Vec<_>>()
        };
        assert_eq!(of("b"), [None, Some(7), None]);
        assert_eq!(of(""), [Some(7), None, None]);
        assert_eq!(of("c"), [None, None, Some(7)]);
    }

    #[test]
    fn two_addresses_are_two_items_whatever_the_title() {
        let mut lines =
            [line("a", "2026-05-11", "Tin", Outcome::Posted), line("b", "2026-05-12", "Tin", Outcome::Posted)];
        for (one, two, number) in
            [(None, None, 1), (Some("x"), None, 1), (Some("x"), Some("x"), 1), (Some("x"), Some("y"), 2)]
        {
            (lines[0].url, lines[1].url) = (one.map(str::to_owned), two.map(str::to_owned));
            assert_eq!(sendings(lines.iter().collect(), &[], |_| None).len(), number, "{one:?} {two:?}");
        }
    }
}
