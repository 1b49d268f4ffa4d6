//! What robots.txt allows, by RFC 9309.
//!
//! Bytes in, answers out: fetching, caching and what an unreachable file means are the loop's
//! affair. The time to answer grows with the length of file and path only, whatever the patterns.
//!
//! Where the RFC leaves room: rules before the first `User-agent` line count for everybody in a
//! file that has no such line at all, else for nobody. Slips whose meaning is plain are forgiven, as
//! the parser does that webmasters try their files with (google/robotstxt): a colon left out, a key
//! misspelt in one of the usual ways. `Crawl-delay` holds for the agents named right above it and, unlike
//! `Allow` and `Disallow`, does not end their group (§2.2.4).

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

/// Bytes beyond this are not read (RFC 9309 §2.5).
pub const MAX_BYTES: usize = 500 * 1024;

/// Longer lines are cut; eight times the longest address old browsers took.
const MAX_LINE: usize = 16 * 1024;

/// A robots.txt, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Robots {
    groups: Vec<Group>,
    /// The `Sitemap` addresses, as written.
    pub sitemaps: Vec<String>,
}

/// What the file says to one agent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// The most specific first, and of two equally long ones the one that allows.
    rules: Vec<Rule>,
    /// The longest `Crawl-delay` that applies.
    pub crawl_delay: Option<Duration>,
}

/// Consecutive `User-agent` lines and what follows them.
#[derive(Debug, Clone, Default, PartialEq)]
struct Group {
    agents: Vec<Agent>,
    rules: Vec<Rule>,
    /// Agents by position, and the delay they were given.
    delays: Vec<(Range<usize>, Duration)>,
}

/// The value of a `User-agent` line.
#[derive(Debug, Clone, PartialEq)]
enum Agent {
    Any,
    /// The product token, and the value up to the first space or slash.
    Named(String, String),
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    allow: bool,
    /// The parts between the wildcards, percent-encoding in normal form.
    parts: Vec<String>,
    /// The pattern ends in `$`.
    to_the_end: bool,
    /// Octets of the pattern: the longest match wins.
    octets: usize,
}

enum Line<'a> {
    Agent(Agent),
    Rule(bool, &'a [u8]),
    Delay(Duration),
    Sitemap(String),
}

impl Robots {
    /// Reads a file; whatever cannot be understood is skipped.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let text = without_mark(within_limit(bytes));
        let lines = text.split(|b| matches!(b, b'\n' | b'\r'));
        let mut robots = Self::default();
        // Agents of the current group are complete once a rule has been seen.
        let mut group = Group::default();
        let mut delayed = 0;
        for line in lines.filter_map(read_line) {
            match line {
                Line::Agent(agent) => {
                    if !group.rules.is_empty() {
                        robots.groups.push(std::mem::take(&mut group));
                        delayed = 0;
                    }
                    if group.delays.last().is_some_and(|(range, _)| range.end == group.agents.len()) {
                        delayed = group.agents.len();
                    }
                    group.agents.push(agent);
                }
                Line::Rule(allow, pattern) => group.rules.push(Rule::new(allow, pattern)),
                Line::Delay(delay) => group.delay(delayed..group.agents.len(), delay),
                Line::Sitemap(address) => robots.sitemaps.push(address),
            }
        }
        robots.groups.push(group);
        robots
    }

    /// What applies to an agent, given by its product token, with or without `/version`.
    #[must_use]
    pub fn rules(&self, agent: &str) -> Rules {
        let agent = agent.split('/').next().unwrap_or_default().trim();
        let for_it = |a: &Agent| a.names(agent);
        let for_any = |a: &Agent| *a == Agent::Any;
        let mut rules = self.collect(for_it).or_else(|| self.collect(for_any)).unwrap_or_else(|| self.for_everybody());
        rules.rules.sort_by_key(|rule| (std::cmp::Reverse(rule.octets), !rule.allow));
        rules
    }

    /// Whether an agent may fetch a path with its query.
    #[must_use]
    pub fn allows(&self, agent: &str, path: &str) -> bool {
        self.rules(agent).allow(path)
    }

    /// The rules of all groups that name an agent: groups of one agent are one (§2.2.1).
    fn collect(&self, is_meant: impl Fn(&Agent) -> bool) -> Option<Rules> {
        let mut found = None::<Rules>;
        for group in self.groups.iter().filter(|g| g.agents.iter().any(&is_meant)) {
            let rules = found.get_or_insert_default();
            rules.rules.extend(group.rules.iter().cloned());
            let delays = group.delays.iter().filter(|(range, _)| group.agents[range.clone()].iter().any(&is_meant));
            rules.crawl_delay = delays.map(|(_, delay)| *delay).chain(rules.crawl_delay).max();
        }
        found
    }

    /// The rules of a file without any `User-agent` line.
    fn for_everybody(&self) -> Rules {
        match self.groups.as_slice() {
            [only] if only.agents.is_empty() => {
                let crawl_delay = only.delays.iter().map(|(_, delay)| *delay).max();
                Rules { rules: only.rules.clone(), crawl_delay }
            }
            _ => Rules::default(),
        }
    }
}

impl Group {
    /// Notes a delay for some of its agents; ranges stay disjoint, so a file full of delays costs no more.
    fn delay(&mut self, agents: Range<usize>, delay: Duration) {
        match self.delays.last_mut() {
            Some((range, known)) if *range == agents => *known = delay.max(*known),
            _ => self.delays.push((agents, delay)),
        }
    }
}

impl Rules {
    /// Whether a path with its query may be fetched. robots.txt itself always may (§2.2.2).
    #[must_use]
    pub fn allow(&self, path: &str) -> bool {
        let path = normal(path.as_bytes());
        if path == "/robots.txt" {
            return true;
        }
        // An empty pattern is no rule; it only says that the group is there.
        let mut rules = self.rules.iter().filter(|rule| rule.octets > 0);
        rules.find(|rule| rule.matches(&path)).is_none_or(|rule| rule.allow)
    }
}

impl Agent {
    fn read(value: &[u8]) -> Self {
        if value.first() == Some(&b'*') && value.get(1).is_none_or(u8::is_ascii_whitespace) {
            return Self::Any;
        }
        let until = |stop: fn(&u8) -> bool| {
            let end = value.iter().position(stop).unwrap_or(value.len());
            String::from_utf8_lossy(&value[..end]).into_owned()
        };
        let token = until(|b| !(b.is_ascii_alphabetic() || matches!(b, b'_' | b'-')));
        Self::Named(token, until(|b| b.is_ascii_whitespace() || *b == b'/'))
    }

    /// Whether it means an agent. The whole name is compared as well as the token, for agents
    /// that call themselves by a name the RFC does not provide for, such as one with a digit.
    fn names(&self, agent: &str) -> bool {
        match self {
            Self::Named(token, name) => {
                [token, name].into_iter().any(|n| !n.is_empty() && n.eq_ignore_ascii_case(agent))
            }
            Self::Any => false,
        }
    }
}

impl Rule {
    fn new(allow: bool, pattern: &[u8]) -> Self {
        let (pattern, to_the_end) = match pattern.strip_suffix(b"$") {
            Some(rest) => (rest, true),
            None => (pattern, false),
        };
        let parts = pattern.split(|b| *b == b'*').map(|part| normal(part).into_owned()).collect();
        // As written, but for what an address cannot hold otherwise than encoded.
        let octets = pattern.iter().map(|b| if b.is_ascii() { 1 } else { 3 }).sum::<usize>() + usize::from(to_the_end);
        Self { allow, parts, to_the_end, octets }
    }

    /// Each part is taken where it first fits, which for wildcards is always right, so nothing is
    /// ever tried twice; only the last part of a pattern with `$` is tied to the end.
    fn matches(&self, path: &str) -> bool {
        let (first, rest) = self.parts.split_first().expect("splitting gives at least one part");
        let Some(mut left) = path.strip_prefix(first.as_str()) else { return false };
        let Some((last, middle)) = rest.split_last() else {
            return !self.to_the_end || left.is_empty();
        };
        for part in middle {
            let Some(at) = left.find(part.as_str()) else { return false };
            left = &left[at + part.len()..];
        }
        if self.to_the_end { left.ends_with(last.as_str()) } else { left.contains(last.as_str()) }
    }
}

/// The part of the file that is read: whole lines within the limit.
#[must_use]
pub fn within_limit(bytes: &[u8]) -> &[u8] {
    let is_end = |b: &u8| matches!(b, b'\n' | b'\r');
    // A line that ends just there is whole.
    if bytes.get(MAX_BYTES).is_none_or(is_end) {
        return &bytes[..bytes.len().min(MAX_BYTES)];
    }
    let cut = &bytes[..MAX_BYTES];
    let end = cut.iter().rposition(is_end).unwrap_or(0);
    &cut[..end]
}

/// The text without a byte-order mark, complete or cut short.
fn without_mark(bytes: &[u8]) -> &[u8] {
    let marked = bytes.iter().zip(b"\xEF\xBB\xBF").take_while(|(a, b)| a == b).count();
    &bytes[marked..]
}

fn read_line(line: &[u8]) -> Option<Line<'_>> {
    let line = &line[..line.len().min(MAX_LINE)];
    let line = line.split(|b| *b == b'#').next().unwrap_or_default().trim_ascii();
    let colon = line.iter().position(|b| *b == b':');
    let at = colon.or_else(|| line.iter().position(u8::is_ascii_whitespace))?;
    let (key, value) = (line[..at].trim_ascii(), line[at + 1..].trim_ascii());
    if colon.is_none() && value.iter().any(u8::is_ascii_whitespace) {
        return None;
    }
    match key.to_ascii_lowercase().as_slice() {
        b"user-agent" | b"useragent" | b"user agent" => Some(Line::Agent(Agent::read(value))),
        b"allow" => Some(Line::Rule(true, value)),
        b"disallow" | b"dissallow" | b"dissalow" | b"disalow" | b"diasllow" | b"disallaw" => {
            Some(Line::Rule(false, value))
        }
        b"sitemap" | b"site-map" => Some(Line::Sitemap(String::from_utf8_lossy(value).into_owned())),
        b"crawl-delay" => read_delay(value).map(Line::Delay),
        _ => None,
    }
}

/// Seconds, with or without a fraction; more than a day is a day.
fn read_delay(value: &[u8]) -> Option<Duration> {
    let seconds: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(86_400.0)))
}

/// Octets in the one form in which rules and paths are compared (§2.2.2): unreserved characters
/// plain, those that an address cannot hold encoded, hex digits in capitals. The special characters
/// `*` and `$` are encoded too: a path has no wildcards, and from a pattern they were taken before.
fn normal(bytes: &[u8]) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_graphic() && !b"%\"'<>\\^`{|}*$".contains(&b);
    if let Ok(text) = std::str::from_utf8(bytes)
        && bytes.iter().all(|b| plain(*b))
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(bytes.len() + 8);
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| escape_of(tail)).flatten();
        let byte = escaped.unwrap_or(byte);
        let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if unreserved || (escaped.is_none() && (plain(byte) || byte == b'%')) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    Cow::Owned(out)
}

/// The byte that two hex digits stand for.
fn escape_of(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits.get(..2)?).ok()?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u8::from_str_radix(digits, 16).ok())?
}

/// The path and query of an address as people write it on a command line: a full address, one
/// without its scheme, or a path. The fragment never reaches a server.
#[must_use]
pub fn path_of(address: &str) -> Cow<'_, str> {
    let address = address.split('#').next().unwrap_or_default();
    let is_scheme = |text: &str| text.strip_suffix(':').unwrap_or(text).bytes().all(|b| b.is_ascii_alphanumeric());
    let after_scheme = match address.split_once("//") {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        _ if address.starts_with('/') => return Cow::Borrowed(address),
        _ => address,
    };
    match after_scheme.find(['/', '?', ';']) {
        Some(at) if after_scheme[at..].starts_with('/') => Cow::Borrowed(&after_scheme[at..]),
        Some(at) => Cow::Owned(format!("/{}", &after_scheme[at..])),
        None => Cow::Borrowed("/"),
    }
}

#[cfg(test)]
mod tests;
