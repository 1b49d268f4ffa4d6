//! Posts by the words of their titles, as people type them.

use crate::audit::{Post, World};
use crate::text;

/// What is looked through, prepared once for each snapshot.
pub(super) struct Lookup {
    /// The words of titles without diacritics, in the order of the posts.
    titles: Vec<String>,
}

impl Lookup {
    pub(super) fn new(world: &World) -> Self {
        Self { titles: world.posts().iter().map(|post| words(&post.title)).collect() }
    }

    /// The posts whose title holds the words asked for, with or without diacritics; the latest first.
    /// Where none does, the posts of that very title, or that begin so where it was cut off, without the
    /// portal's name that browsers show after it.
    pub(super) fn titled<'w>(&self, world: &'w World, asked: &str) -> Vec<&'w Post> {
        let holds = |words: String| self.posts(world, |title| !words.is_empty() && title.contains(&words));
        let found = holds(words(asked));
        if !found.is_empty() {
            return found;
        }
        // A space of no width may stand within a word, or in the place of a space.
        let spaced = asked.replace('\u{200b}', " ");
        if spaced != asked {
            return self.titled(world, &spaced);
        }
        let heads: Vec<Head> = heads(asked).map(Head::new).filter(|head| !head.words.is_empty()).collect();
        self.posts(world, |title| heads.iter().any(|head| head.is_of(title)))
    }

    fn posts<'w>(&self, world: &'w World, is_meant: impl Fn(&str) -> bool) -> Vec<&'w Post> {
        let pairs = world.posts().iter().zip(&self.titles).rev();
        pairs.filter(|(_, title)| is_meant(title)).map(|(post, _)| post).collect()
    }
}

/// What may be a title, before the portal's name.
struct Head {
    words: String,
    /// It ends in dots: the title goes on.
    is_cut: bool,
}

impl Head {
    fn new(text: &str) -> Self {
        Self { words: words(text), is_cut: text.trim_end().ends_with(['…', '.']) }
    }

    fn is_of(&self, title: &str) -> bool {
        // Two words begin many a title.
        let tells = self.is_cut && self.words.split(' ').count() > 2;
        title == self.words || tells && title.starts_with(&self.words)
    }
}

/// The words of a title alone: quotes, dashes, dots and odd spaces come and go when it is pasted.
fn words(title: &str) -> String {
    text::fold(text::bare(&text::nfc(title)).trim_end())
}

/// What stands before each sign that parts a title from the portal's name.
fn heads(title: &str) -> impl Iterator<Item = &str> {
    title.match_indices(['|', '-', '–', '—', '»']).map(|(at, _)| &title[..at])
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
        for (asked, found) in [("cai cach", 1), ("HỘI NGHỊ", 1), ("h", 2), ("khác", 0), ("…", 0)] {
            assert_eq!(lookup.titled(&world, asked).len(), found, "{asked}");
        }
    }

    #[test]
    fn titles_are_found_as_they_are_pasted() {
        let title = "Cửa Nam: “Ngày thứ 6 - không giấy hẹn” của phường";
        let post = |title: &str| Post { id: ArticleId(title.to_owned()), title: title.to_owned(), ..Post::default() };
        let world = World::new(vec![post(title), post("Hội nghị")]);
        let lookup = Lookup::new(&world);
        for (asked, found) in [
            ("Cửa\u{a0}Nam: “Ngày thứ 6\u{200b} - không giấy hẹn”", 1),
            ("“Cửa Nam: \"Ngày thứ 6 – không giấy hẹn\" của phường”", 1),
            ("Cửa Nam: “Ngày thứ 6 - không giấy h…", 1),
            ("Cửa Nam: “Ngày thứ 6 - không...", 1),
            ("Cửa Nam: “Ngày thứ 6 - không giấy hẹn” của phường | Phường Cửa Nam", 1),
            ("Cửa Nam: “Ngày thứ 6 - không giấy hẹn” của phường - Cổng thông tin điện tử - Hà Nội", 1),
            ("Cửa Nam: “Ngày thứ 6 - không giấy h… | Phường Cửa Nam", 1),
            ("Cửa Nam... | Phường Cửa Nam", 0),
            ("Cửa\u{200b}Nam: “Ngày thứ 6", 1),
            ("Hội nghị | Phường Cửa Nam", 1),
            ("Hội | Phường Cửa Nam", 0),
        ] {
            assert_eq!(lookup.titled(&world, asked).len(), found, "{asked}");
        }
    }
}
