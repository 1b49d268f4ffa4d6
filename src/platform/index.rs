//! The elements of one page, by what selectors ask for.
//!
//! The platform files hold hundreds of selectors, and nearly all of them name a class, an id, an
//! attribute or a tag that a given page lacks. One pass over the page notes which elements bear
//! a wanted name; a selector is then tried on those, and not at all where there are none.

use super::Pick;
use scraper::ElementRef;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A name that a selector asks for, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(u64);

impl Mark {
    /// A name by its sign in CSS: `#` an id, `.` a class, `[` an attribute, anything else a tag.
    pub(super) fn new(sign: char, name: &str) -> Self {
        Self(xxh3_64_with_seed(name.as_bytes(), u64::from(sign)))
    }
}

/// A set of marks that may hold more than was put in (a Bloom filter with one hash).
#[derive(Debug, Clone, Copy)]
struct Filter([u64; 64]);

impl Filter {
    const EMPTY: Self = Self([0; 64]);

    fn insert(&mut self, Mark(mark): Mark) {
        self.0[(mark >> 58) as usize] |= 1 << (mark & 63);
    }

    fn may_hold(&self, Mark(mark): Mark) -> bool {
        self.0[(mark >> 58) as usize] & 1 << (mark & 63) != 0
    }
}

/// The names that some selectors ask for.
#[derive(Debug, Clone)]
pub struct Wanted(Filter);

impl Wanted {
    pub(super) fn by<'p>(picks: impl Iterator<Item = &'p Pick>) -> Self {
        let mut filter = Filter::EMPTY;
        picks.flat_map(Pick::marks).for_each(|mark| filter.insert(*mark));
        Self(filter)
    }
}

/// The elements of a page that bear a wanted name, in order of the page.
pub struct Index<'d> {
    root: ElementRef<'d>,
    wanted: Filter,
    noted: Filter,
    elements: Vec<(Mark, ElementRef<'d>)>,
}

impl<'d> Index<'d> {
    /// An index of nothing yet; [`Index::note`] must see every element below the root, in order.
    #[must_use]
    pub fn new(root: ElementRef<'d>, wanted: &Wanted) -> Self {
        Self { root, wanted: wanted.0, noted: Filter::EMPTY, elements: Vec::new() }
    }

    /// Notes an element under each of its wanted names.
    pub fn note(&mut self, element: ElementRef<'d>) {
        let first = self.elements.len();
        self.note_as(Mark::new('<', element.value().name()), element, first);
        for (name, value) in element.value().attrs() {
            self.note_as(Mark::new('[', name), element, first);
            match name {
                "id" => self.note_as(Mark::new('#', value), element, first),
                "class" => {
                    value.split_ascii_whitespace().for_each(|c| self.note_as(Mark::new('.', c), element, first));
                }
                _ => {}
            }
        }
    }

    /// Each element stands once under each mark; its own are those from `first` on.
    fn note_as(&mut self, mark: Mark, element: ElementRef<'d>, first: usize) {
        if self.wanted.may_hold(mark) && self.elements[first..].iter().all(|(own, _)| *own != mark) {
            self.noted.insert(mark);
            self.elements.push((mark, element));
        }
    }

    /// The root of the page.
    #[must_use]
    pub fn root(&self) -> ElementRef<'d> {
        self.root
    }

    /// All elements that a selector selects, in order of the page.
    pub fn all<'s>(&'s self, pick: &'s Pick) -> impl Iterator<Item = ElementRef<'d>> + use<'d, 's> {
        let possible = pick.marks().iter().all(|mark| self.noted.may_hold(*mark));
        let last = pick.marks().last().filter(|_| possible);
        let marked = last.into_iter().flat_map(|last| self.elements.iter().filter(move |(mark, _)| mark == last));
        let marked = marked.map(|(_, element)| *element).filter(|element| pick.matches(element));
        let unmarked = pick.marks().is_empty().then(|| pick.all(self.root));
        marked.chain(unmarked.into_iter().flatten())
    }

    /// The first of them.
    #[must_use]
    pub fn first(&self, pick: &Pick) -> Option<ElementRef<'d>> {
        self.all(pick).next()
    }
}

/// The marks that an element and those around it must bear for a selector to select it, its own
/// last; none where that cannot be told from the selector's text.
pub(super) fn marks(css: &str) -> Vec<Mark> {
    if css.contains([',', '\\', '|', '"', '\'']) {
        return Vec::new();
    }
    let compounds: Vec<Option<Mark>> = compounds(css).into_iter().map(mark_of).collect();
    match compounds.last() {
        Some(Some(_)) => compounds.into_iter().flatten().collect(),
        _ => Vec::new(),
    }
}

/// The compound selectors of a complex one: what stands between its combinators.
fn compounds(css: &str) -> Vec<&str> {
    let mut depth = 0;
    let divides = |c: char| {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(c, ' ' | '>' | '+' | '~')
    };
    css.split(divides).filter(|compound| !compound.is_empty()).collect()
}

/// The rarest name in a compound selector: its id, else its first class, attribute, or tag.
fn mark_of(compound: &str) -> Option<Mark> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let plain = compound.split_once(':').map_or(compound, |(plain, _)| plain);
    let after = |sign: char| {
        let (_, rest) = plain.split_once(sign)?;
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        Some(Mark::new(sign, &rest[..end])).filter(|_| end > 0)
    };
    let tag = || {
        let name = &plain[..plain.find(|c| !is_name(c)).unwrap_or(plain.len())];
        Some(Mark::new('<', &name.to_ascii_lowercase())).filter(|_| !name.is_empty())
    };
    let bare = plain.find('[').map_or(plain, |at| &plain[..at]);
    let named = |sign: char| bare.contains(sign).then(|| after(sign)).flatten();
    named('#').or_else(|| named('.')).or_else(|| after('[')).or_else(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use crate::platform::Platforms;
    use scraper::Html;

    #[test]
    fn a_selector_is_known_by_its_rarest_names() {
        for (css, expected) in [
            ("h1", vec![('<', "h1")]),
            ("H1", vec![('<', "h1")]),
            ("h1.title", vec![('.', "title")]),
            ("div.a.b#c[d]", vec![('#', "c")]),
            ("[class*=a.b-c]", vec![('[', "class")]),
            ("a[rel=next]", vec![('[', "rel")]),
            (".pages li.active + li > a", vec![('.', "pages"), ('.', "active"), ('<', "li"), ('<', "a")]),
            ("* > .a:not(.b) i:last-child", vec![('.', "a"), ('<', "i")]),
            ("a, b", vec![]),
            ("a *", vec![]),
            (":not(a)", vec![]),
            ("a[href='x y']", vec![]),
        ] {
            let expected: Vec<Mark> = expected.into_iter().map(|(sign, name)| Mark::new(sign, name)).collect();
            assert_eq!(marks(css), expected, "{css}");
        }
    }

    #[test]
    fn the_index_finds_what_a_search_of_the_page_finds() {
        let platforms = Platforms::parse(&Data::built_in()).unwrap();
        let page = "<div class='a a b' id=c><p class=\"lead date\">x<time datetime=y>z</time></p><article><h1>t</h1>
            <div class='article-body time'><span itemprop=author>n</span></div></article></div>";
        let document = Html::parse_document(page);
        let picks: Vec<Pick> = [".a", "p.lead", "#c .date", "article h1", "[class*=body]", "time@datetime", "html *"]
            .iter()
            .map(|css| css.parse().unwrap())
            .collect();
        let known = platforms.iter().flat_map(|p| &p.selectors).flat_map(|s| [&s.title, &s.author, &s.published]);
        let picks: Vec<&Pick> = known.flatten().chain(&picks).collect();
        let mut index = Index::new(document.root_element(), &Wanted::by(picks.iter().copied()));
        document.root_element().descendent_elements().skip(1).for_each(|element| index.note(element));
        for pick in picks {
            assert!(index.all(pick).eq(pick.all(document.root_element())), "{pick:?}");
        }
    }
}
