//! Finds the main text of a page nobody has described.
//!
//! Every paragraph that reads like prose weighs by its letters; from the body we go down as long
//! as one child holds most of the weight. What is named or built like an aside (related items,
//! share bars, comments) weighs nothing, unless much of the page stands in it: names lie.

use super::blocks::{self, Block, Kind, is_block, is_hidden, is_mute};
use crate::platform::{Clutter, PageClutter, Pick};
use crate::text::{letters, stops};
use ego_tree::NodeId;
use ego_tree::iter::Edge;
use foldhash::fast::FixedState;
use scraper::{ElementRef, Node};
use std::collections::{HashMap, HashSet};
use xxhash_rust::xxh3::xxh3_64;

/// A main text with fewer letters may be outweighed by the address in the footer.
const LITTLE: usize = 800;

/// Letters of prose below each element; the numbers of nodes are ours, so nobody can choose them.
type Weights = HashMap<NodeId, usize, FixedState>;

/// The paragraphs of the main text of a body; `known` select elements that often hold it. Empty if
/// nothing there reads like prose.
pub(super) fn find<'d>(
    body: ElementRef<'d>,
    headline: Option<ElementRef<'d>>,
    clutter: &PageClutter<'d>,
    known: &[Pick],
) -> Vec<Block> {
    let mut raw = Weights::default();
    let total = weigh(body, &|_| false, &mut raw);
    let is_clutter = |element: ElementRef<'d>| {
        let share = raw.get(&element.id()).copied().unwrap_or(0);
        share * 10 < total * 4 && clutter.names(element)
    };
    let mut weights = Weights::default();
    weigh(body, &is_clutter, &mut weights);
    let weight = |element: &ElementRef<'_>| weights.get(&element.id()).copied().unwrap_or(0);
    let heaviest = descend(body, &weight);
    let enough = weight(&heaviest) / 2;
    // An element that calls itself the article's text is believed if it holds enough of it; of
    // several, the innermost one that holds nearly all.
    let named = body.descendants().filter_map(ElementRef::wrap).filter(|e| weight(e) > enough);
    let named: Vec<ElementRef<'_>> = named.filter(|e| known.iter().any(|pick| pick.matches(e))).collect();
    let best = named.iter().map(weight).max().unwrap_or(0);
    let named = named.into_iter().filter(|e| weight(e) * 10 >= best * 9).max_by_key(|e| e.ancestors().count());
    let near = headline.filter(|_| weight(&heaviest) < LITTLE).and_then(|h| near(h, &weight));
    let container = named.or(near).unwrap_or(heaviest);
    let is_picture = |element: ElementRef<'_>| {
        matches!(element.value().name(), "figure" | "figcaption") && weight(&element) * 10 < weight(&container)
    };
    let tallies = tally(container);
    let tallied = |e: &ElementRef<'_>| tallies.get(&e.id()).copied().unwrap_or_default();
    let skip = |e: ElementRef<'d>| is_clutter(e) || is_picture(e) || is_link_list(e, weight(&e), tallied(&e));
    let mut blocks = blocks::blocks(container, &skip);
    tidy(&mut blocks, clutter.clutter);
    blocks
}

/// The smallest element around the headline that holds any prose.
fn near<'d>(headline: ElementRef<'d>, weight: &dyn Fn(&ElementRef<'_>) -> usize) -> Option<ElementRef<'d>> {
    headline.ancestors().filter_map(ElementRef::wrap).find(|e| weight(e) > 0)
}

/// Follows the weight down to where it divides among paragraphs.
fn descend<'d>(body: ElementRef<'d>, weight: &dyn Fn(&ElementRef<'_>) -> usize) -> ElementRef<'d> {
    let mut current = body;
    loop {
        let best = current.children().filter_map(ElementRef::wrap).max_by_key(|e| weight(e));
        let Some(best) = best.filter(|e| weight(e) > 0) else { return current };
        let holds_paragraphs =
            !matches!(best.value().name(), "p" | "blockquote" | "pre" | "ul" | "ol" | "h1" | "h2" | "h3");
        let share = weight(&best) * 100 / weight(&current).max(1);
        if !holds_paragraphs || !is_block(best.value().name()) || share < 60 || is_part(best, weight) {
            return current;
        }
        current = best;
    }
}

/// Whether an element is one of several parts of a text: a sibling of the same kind and class holds
/// prose as well.
fn is_part(element: ElementRef<'_>, weight: &dyn Fn(&ElementRef<'_>) -> usize) -> bool {
    let class = element.value().attr("class");
    let siblings = element.next_siblings().chain(element.prev_siblings()).filter_map(ElementRef::wrap);
    let alike = |e: &ElementRef<'_>| e.value().name() == element.value().name() && e.value().attr("class") == class;
    class.is_some() && siblings.filter(alike).any(|e| weight(&e) * 10 > weight(&element))
}

/// Sums the letters of prose below each element; returns that of the element itself.
fn weigh<'d>(element: ElementRef<'d>, skip: &dyn Fn(ElementRef<'d>) -> bool, weights: &mut Weights) -> usize {
    let mut own = Prose::default();
    let below = weigh_children(element, skip, weights, &mut own, false);
    let weight = below + own.take();
    weights.insert(element.id(), weight);
    weight
}

/// Adds up inline text into `line`; what blocks below weigh is returned.
fn weigh_children<'d>(
    element: ElementRef<'d>,
    skip: &dyn Fn(ElementRef<'d>) -> bool,
    weights: &mut Weights,
    line: &mut Prose,
    in_link: bool,
) -> usize {
    let mut below = 0;
    for child in element.children() {
        match child.value() {
            Node::Text(text) => line.add(text, in_link),
            Node::Element(value) => {
                let name = value.name();
                let Some(child) = ElementRef::wrap(child) else { continue };
                if is_mute(name) || skip(child) || is_hidden(child) {
                    continue;
                }
                if is_block(name) || name == "br" {
                    below += line.take();
                    below += weigh(child, skip, weights);
                } else {
                    let before = line.weight();
                    let inner = weigh_children(child, skip, weights, line, in_link || name == "a");
                    weights.insert(child.id(), inner + line.weight().saturating_sub(before));
                    below += inner;
                }
            }
            _ => {}
        }
    }
    below
}

/// The inline text of one paragraph, as it is being gathered.
#[derive(Default)]
struct Prose {
    letters: usize,
    linked: usize,
    stops: usize,
}

impl Prose {
    fn add(&mut self, text: &str, in_link: bool) {
        let letters = letters(text);
        self.letters += letters;
        self.linked += if in_link { letters } else { 0 };
        self.stops += stops(text);
    }

    /// Letters outside links, if it is long enough for prose.
    fn weight(&self) -> usize {
        let plain = self.letters - self.linked;
        let prose = plain >= 60 || plain >= 20 && self.stops > 0;
        if prose && self.linked * 2 < self.letters { plain } else { 0 }
    }

    fn take(&mut self) -> usize {
        std::mem::take(self).weight()
    }
}

/// Letters below an element that are shown, and those of them in links below it.
#[derive(Default, Clone, Copy)]
struct Tally {
    total: usize,
    linked: usize,
}

/// The tallies of all elements below one, in one pass: asked for each element anew, a page of many
/// elements in each other would take minutes.
fn tally(container: ElementRef<'_>) -> HashMap<NodeId, Tally, FixedState> {
    let mut tallies = HashMap::with_hasher(FixedState::default());
    let mut open = vec![Tally::default()];
    for edge in container.traverse() {
        match edge {
            Edge::Open(node) if node.value().is_element() => open.push(Tally::default()),
            Edge::Open(node) => {
                let letters = node.value().as_text().map_or(0, |text| letters(text));
                if let Some(outer) = open.last_mut() {
                    outer.total += letters;
                }
            }
            Edge::Close(node) => {
                let Some(element) = node.value().as_element() else { continue };
                let own = open.pop().unwrap_or_default();
                tallies.insert(node.id(), own);
                if let Some(outer) = open.last_mut().filter(|_| !is_mute(element.name())) {
                    outer.total += own.total;
                    outer.linked += if element.name() == "a" { own.total } else { own.linked };
                }
            }
        }
    }
    tallies
}

/// Whether an element is a list of links with hardly any prose, such as related items.
fn is_link_list(element: ElementRef<'_>, prose: usize, letters: Tally) -> bool {
    let may_be = matches!(
        element.value().name(),
        "div" | "ul" | "ol" | "section" | "table" | "dl" | "form" | "figure" | "header"
    );
    may_be && letters.total > 0 && prose * 2 < letters.total && letters.linked * 2 > letters.total
}

/// Drops what stands before, between and after the paragraphs of the text.
fn tidy(blocks: &mut Vec<Block>, clutter: &Clutter) {
    if let Some(tail) = tail(blocks, clutter) {
        blocks.truncate(tail);
    }
    let mut seen = HashSet::new();
    // Pages made for two widths hold the same paragraph twice.
    let mut is_new = |b: &Block| b.text.len() < 80 || b.kind == Kind::Row || seen.insert(xxh3_64(b.text.as_bytes()));
    blocks.retain(|b| !clutter.is_line(&b.text) && !is_link_line(b) && is_new(b));
    let Some(first) = blocks.iter().position(is_prose) else { return };
    // Before the first sentence only its headings stay.
    let head = blocks[..first].iter().rposition(|b| b.kind != Kind::Heading).map_or(0, |at| at + 1);
    blocks.drain(..head);
    while blocks.last().is_some_and(|b| b.kind == Kind::Heading || b.linked > 60) {
        blocks.pop();
    }
}

/// Where the text ends: at a paragraph that opens a list of other things, if the text before it
/// is the greater part.
fn tail(blocks: &[Block], clutter: &Clutter) -> Option<usize> {
    let letters = |blocks: &[Block]| blocks.iter().filter(|b| is_prose(b)).map(|b| b.text.len()).sum::<usize>();
    let total = letters(blocks);
    let ends = |at: &usize| clutter.is_tail(&blocks[*at].text) && letters(&blocks[..*at]) * 2 > total;
    (0..blocks.len()).find(ends)
}

/// A paragraph that is nothing but a link leads elsewhere.
fn is_link_line(block: &Block) -> bool {
    block.linked > 80 && block.kind != Kind::Row && block.text.chars().count() < 200
}

fn is_prose(block: &Block) -> bool {
    let letters = block.letters;
    let sentence = block.text.ends_with(['.', ';', ':', '?', '!', '…', '"', '”', ')']);
    block.kind != Kind::Heading && block.linked < 50 && (letters >= 60 || letters >= 20 && sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    #[test]
    fn letters_below_are_counted_once_for_all() {
        for (html, total, linked) in [
            ("<div>ab <a>cd</a></div>", 4, 2),
            ("<div><a>ab<b>cd</b></a><ul><li><a>e</a>f</li></ul></div>", 6, 5),
            ("<div><button><a>ab</a></button><a>c<script>de</script></a></div>", 1, 1),
            ("<div><!-- ab --></div>", 0, 0),
        ] {
            let document = Html::parse_fragment(html);
            let root = document.root_element();
            let div = root.child_elements().next().unwrap();
            let tally = tally(root)[&div.id()];
            assert_eq!((tally.total, tally.linked), (total, linked), "{html}");
        }
    }
}
