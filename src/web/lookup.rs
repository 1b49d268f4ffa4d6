//! Posts by the words of their titles and by their addresses, as people type them.

use crate::audit::{Post, World};
use crate::text;
use std::collections::HashMap;

/// What is looked through, prepared once for each snapshot.
pub(super) struct Lookup {
    /// Titles without diacritics, in the order of the posts.
    titles: Vec<String>,
    addresses: HashMap<String, usize>,
}

impl Lookup {
    pub(super) fn new(world: &World) -> Self {
        let posts = world.posts();
        Self {
            titles: posts.iter().map(|post| text::fold(&post.title)).collect(),
            addresses: posts.iter().enumerate().map(|(n, post)| (bare(&post.url).to_owned(), n)).collect(),
        }
    }

    /// The post at an address, however it is spelled.
    pub(super) fn at<'w>(&self, world: &'w World, address: &str) -> Option<&'w Post> {
        self.addresses.get(bare(address)).and_then(|n| world.posts().get(*n))
    }

    /// The posts whose title holds the words asked for, with or without diacritics; the latest first.
    pub(super) fn titled<'w>(&self, world: &'w World, asked: &str) -> Vec<&'w Post> {
        let asked = text::fold(asked);
        let pairs = world.posts().iter().zip(&self.titles).rev();
        pairs.filter(|(_, title)| title.contains(&asked)).map(|(post, _)| post).collect()
    }
}

/// What two ways to write an address have in common.
pub(super) fn bare(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleId;

    #[test]
    fn one_page_has_many_spellings() {
        for address in ["https://www.a.vn/x/", "http://a.vn/x#y", "a.vn/x"] {
            assert_eq!(bare(address), "a.vn/x");
        }
    }

    #[test]
    fn titles_are_found_without_diacritics() {
        let post = |title: &str| Post { id: ArticleId(title.to_owned()), title: title.to_owned(), ..Post::default() };
        let world = World::new(vec![post("Cải cách hành chính"), post("Hội nghị")]);
        let lookup = Lookup::new(&world);
        for (asked, found) in [("cai cach", 1), ("HỘI NGHỊ", 1), ("h", 2), ("khác", 0)] {
            assert_eq!(lookup.titled(&world, asked).len(), found, "{asked}");
        }
    }
}
