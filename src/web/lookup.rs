//! Posts by the words of their titles, as people type them.

use crate::audit::{Post, World};
use crate::text;

/// What is looked through, prepared once for each snapshot.
pub(super) struct Lookup {
    /// Titles without diacritics, in the order of the posts.
    titles: Vec<String>,
}

impl Lookup {
    pub(super) fn new(world: &World) -> Self {
        Self { titles: world.posts().iter().map(|post| text::fold(&post.title)).collect() }
    }

    /// The posts whose title holds the words asked for, with or without diacritics; the latest first.
    pub(super) fn titled<'w>(&self, world: &'w World, asked: &str) -> Vec<&'w Post> {
        let asked = text::fold(asked);
        let pairs = world.posts().iter().zip(&self.titles).rev();
        pairs.filter(|(_, title)| title.contains(&asked)).map(|(post, _)| post).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleId;

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
