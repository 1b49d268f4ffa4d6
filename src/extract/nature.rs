//! Whether a page is what was asked for, or something that stands in its place.

use super::article::Found;
use super::blocks;
use super::reading::Nature;
use super::scan::Scan;
use crate::platform::Obstacles;

/// A page with more letters than this is a page, whatever words stand in it.
pub(super) const PAGE_LETTERS: usize = 6_000;

/// A page with more letters than this is no test of browsers, no log-in form and no report of trouble.
const MANY_LETTERS: usize = 1_500;

/// With fewer there is nothing to read, or hardly a text.
const FEW_LETTERS: usize = 200;

/// What stands in the page's place, if anything does.
pub(super) fn obstacle(scan: &Scan<'_>, source: &str, obstacles: &Obstacles) -> Option<Nature> {
    if scan.letters > PAGE_LETTERS {
        return None;
    }
    let headline =
        scan.headings.iter().find(|h| h.value().name() == "h1").map(|h| blocks::line(*h)).unwrap_or_default();
    let said =
        |patterns: &[crate::platform::Pattern]| patterns.iter().any(|p| p.matches(&scan.title) || p.matches(&headline));
    if scan.letters < MANY_LETTERS && obstacles.challenge.iter().any(|p| p.matches(source)) {
        return Some(Nature::Challenge);
    }
    if scan.passwords > 0 && scan.letters < MANY_LETTERS && said(&obstacles.login) {
        return Some(Nature::Login);
    }
    if said(&obstacles.not_found) {
        return Some(Nature::SoftNotFound);
    }
    if scan.letters < MANY_LETTERS && said(&obstacles.failure) {
        return Some(Nature::Failure);
    }
    let drawn = || obstacles.script_only.iter().any(|p| p.matches(source));
    (scan.letters < FEW_LETTERS && scan.scripts > 0 && drawn()).then_some(Nature::ScriptOnly)
}

/// Whether what was found as a page's text only says that the portal is in trouble.
pub(super) fn is_failure(found: &Found, obstacles: &Obstacles) -> bool {
    let says = |line: &String| obstacles.failure_lines.iter().any(|pattern| pattern.matches(line));
    found.letters < FEW_LETTERS && found.article.body.iter().any(says)
}
