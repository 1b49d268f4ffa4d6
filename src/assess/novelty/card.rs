//! Two texts side by side, the common parts marked: what a unit is shown when an item does not count.
//!
//! Only what was compared is shown; căn cứ, nơi nhận, captions and links are left out here as there.

use super::align::{self, Alignment};
use super::judge::Chain;
use super::prepare::{self, Prepared};
use super::tokens;
use crate::article::Article;
use crate::time::Time;
use std::fmt::Write as _;

/// The comparison of one new and one earlier text.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// What was found, in a sentence.
    pub finding: String,
    /// The text in question.
    pub new: Side,
    /// The earlier one.
    pub old: Side,
}

/// One of the two texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Its title.
    pub title: String,
    /// Where and when it was published.
    pub place: String,
    /// Its address.
    pub url: String,
    /// How much of it the two have in common, 0–1.
    pub share: f32,
    /// Its paragraphs, cut where common and own parts meet.
    pub paragraphs: Vec<Vec<Part>>,
}

/// A stretch of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// As written, the signs and spaces between its words included.
    pub text: String,
    /// Stands in the other text too.
    pub common: bool,
}

/// Versions of one article that are compared: the first, and the last ones.
const MOST: usize = 16;

/// Compares two articles by the two of their versions that share the most, the earlier one's from
/// before the other's; `finding` is the sentence of the outcome.
#[must_use]
pub fn card(new: &Article, old: &Article, finding: &str) -> Card {
    let (chain, earlier) = (Chain::of(new), Chain::of(old));
    let Match { new: n, old: o, alignment } = closest(&chain, &earlier);
    let (text, before) = (&chain.versions[n].text, &earlier.versions[o].text);
    let marked: Vec<bool> = alignment.credit.iter().map(|c| *c > 0.0).collect();
    let mut taken = vec![false; before.len()];
    for (partner, _) in alignment.partner.iter().zip(&marked).filter(|(_, marked)| **marked) {
        partner.iter().for_each(|p| taken[*p as usize] = true);
    }
    Card {
        finding: finding.to_owned(),
        new: side(new, n, share(&alignment, text), &marked),
        old: side(old, o, alignment.back(before), &taken),
    }
}

/// The versions that share the most, by number.
struct Match {
    new: usize,
    old: usize,
    alignment: Alignment,
}

fn closest(new: &Chain, old: &Chain) -> Match {
    let is_before = |n: usize, o: usize| match (old.versions[o].at, new.versions[n].at) {
        (Some(old), Some(new)) => old.is_before(&new),
        _ => true,
    };
    let first = Match { new: 0, old: 0, alignment: align::align(&new.versions[0].text, &old.versions[0].text) };
    let mut best = (share(&first.alignment, &new.versions[0].text), first);
    for n in numbers(new) {
        for o in numbers(old).filter(|o| is_before(n, *o)) {
            let alignment = align::align(&new.versions[n].text, &old.versions[o].text);
            let share = share(&alignment, &new.versions[n].text);
            // Of several alike the first is shown.
            if share > best.0 {
                best = (share, Match { new: n, old: o, alignment });
            }
        }
    }
    best.1
}

fn numbers(chain: &Chain) -> impl Iterator<Item = usize> {
    let count = chain.versions.len();
    std::iter::once(0).chain(count.saturating_sub(MOST - 1).max(1)..count)
}

fn share(alignment: &Alignment, text: &Prepared) -> f32 {
    if text.total() > 0.0 { alignment.weight() / text.total() } else { 0.0 }
}

/// One version of an article: its first text, or the revision with that number.
fn side(article: &Article, version: usize, share: f32, marked: &[bool]) -> Side {
    let shown = |at: Time| at.format("%H:%M %d/%m/%Y").to_string();
    let (title, sapo, body, at) = match version.checked_sub(1).and_then(|n| article.revisions.get(n)) {
        Some(r) => (&r.title, &r.sapo, &r.body, format!("bản sửa thứ {version}, thấy lúc {}", shown(r.at))),
        None => {
            let published = article.published.map_or("không rõ ngày".to_owned(), shown);
            (&article.title, &article.sapo, &article.body, published)
        }
    };
    let mut marks = marked.iter().copied();
    let paragraphs = prepare::paragraphs(title, sapo, body);
    Side {
        title: title.clone(),
        place: format!("{}, {at}", article.host),
        url: article.url.clone(),
        share,
        paragraphs: paragraphs.into_iter().map(|p| parts(p, &mut marks)).collect(),
    }
}

/// Cuts a paragraph where the marks of its tokens change; what stands between two tokens goes with
/// the later one, and with the marked ones only where both are.
fn parts(paragraph: &str, marks: &mut impl Iterator<Item = bool>) -> Vec<Part> {
    let mut cuts: Vec<(usize, bool)> = vec![(0, false)];
    let mut end = 0;
    tokens::read(paragraph, 0, |_, range| {
        let common = marks.next().unwrap_or(false);
        if cuts.last().is_none_or(|(_, was)| *was != common) {
            cuts.push((if common { range.start } else { end }, common));
        }
        end = range.end;
    });
    if cuts.last().is_some_and(|(_, common)| *common) {
        cuts.push((end, false));
    }
    let ends = cuts.iter().skip(1).map(|c| c.0).chain([paragraph.len()]);
    let part = |((start, common), end): ((usize, bool), usize)| Part { text: paragraph[start..end].to_owned(), common };
    cuts.iter().copied().zip(ends).map(part).filter(|p| !p.text.is_empty()).collect()
}

impl Card {
    /// For a terminal: two columns of `width` characters together, common parts between ⟦ and ⟧.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        let column = width.saturating_sub(3).max(20) / 2;
        let (left, right) = (self.new.lines("Bài đang xét", column), self.old.lines("Bài đăng trước", column));
        let mut out = format!("{}\n⟦…⟧ là phần chung của hai bài.\n\n", self.finding);
        for row in 0..left.len().max(right.len()) {
            let cell = |lines: &[String]| lines.get(row).cloned().unwrap_or_default();
            let (a, b) = (cell(&left), cell(&right));
            let pad = " ".repeat(column.saturating_sub(a.chars().count()));
            let line = format!("{a}{pad} │ {b}");
            let _ = writeln!(out, "{}", line.trim_end());
        }
        out
    }

    /// For a page: a section whose common parts are `<mark>`ed. Everything of the texts is escaped;
    /// an address that is not http(s) is no link.
    #[must_use]
    pub fn html(&self) -> String {
        let mut out =
            format!("<section class=\"so-sanh\">\n<p>{}</p>\n<div class=\"hai-cot\">\n", escape(&self.finding));
        for (heading, side) in [("Bài đang xét", &self.new), ("Bài đăng trước", &self.old)] {
            side.html(heading, &mut out);
        }
        out.push_str("</div>\n</section>\n");
        out
    }
}

impl Side {
    fn percent(&self) -> String {
        format!("{}% nội dung là phần chung", (self.share * 100.0).round())
    }

    fn lines(&self, heading: &str, column: usize) -> Vec<String> {
        let head = [heading.to_uppercase(), self.title.clone(), self.place.clone(), self.url.clone(), self.percent()];
        let marked = |p: &Vec<Part>| {
            p.iter().map(|part| if part.common { format!("⟦{}⟧", part.text) } else { part.text.clone() }).collect()
        };
        let texts = head.into_iter().filter(|l| !l.is_empty()).map(|l| (l, false));
        let texts = texts.chain(self.paragraphs.iter().map(|p| (marked(p), true)));
        let mut lines = Vec::new();
        for (text, spaced) in texts {
            if spaced {
                lines.push(String::new());
            }
            wrap(&text, column, &mut lines);
        }
        lines
    }

    fn html(&self, heading: &str, out: &mut String) {
        let title = escape(&self.title);
        let linked = self.url.starts_with("http://") || self.url.starts_with("https://");
        let title = if linked { format!("<a href=\"{}\">{title}</a>", escape(&self.url)) } else { title };
        let _ = writeln!(
            out,
            "<article>\n<h3>{heading}</h3>\n<p><strong>{title}</strong><br>{}<br>{}</p>",
            escape(&self.place),
            self.percent()
        );
        for paragraph in &self.paragraphs {
            out.push_str("<p>");
            for part in paragraph {
                let text = escape(&part.text);
                out.push_str(&if part.common { format!("<mark>{text}</mark>") } else { text });
            }
            out.push_str("</p>\n");
        }
        out.push_str("</article>\n");
    }
}

/// Breaks a text at spaces into lines of at most `column` characters; a longer word is cut.
fn wrap(text: &str, column: usize, lines: &mut Vec<String>) {
    let (mut line, mut length) = (String::new(), 0);
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.chunks(column) {
            if length > 0 && length + 1 + piece.len() > column {
                lines.push(std::mem::take(&mut line));
                length = 0;
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.extend(piece);
            length += piece.len();
        }
    }
    if length > 0 {
        lines.push(line);
    }
}

/// Text for HTML, in elements and in quoted attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Revision;
    use crate::time;

    fn pair() -> Card {
        let article = |title: &str, body: &str| Article {
            title: title.into(),
            host: "lang.hanoi.gov.vn".into(),
            url: "https://lang.hanoi.gov.vn/a?b=1&c=\"2\"".into(),
            body: vec![body.into()],
            published: time::parse("2026-05-12T08:00:00+07:00"),
            ..Article::default()
        };
        let old = article(
            "Phường mở điểm hỗ trợ",
            "Sáng nay, phường mở điểm hỗ trợ nộp hồ sơ <trực tuyến> tại nhà văn hóa. Mười hai đoàn viên thay nhau trực quầy vào buổi tối, mang theo máy tính cá nhân.",
        );
        let new = article(
            "Điểm hỗ trợ & nụ cười",
            "Tin vui cho các cụ ở tổ 5. Mười hai đoàn viên thay nhau trực quầy vào buổi tối, mang theo máy quét, máy tính cá nhân.",
        );
        card(&new, &old, "biên tập lại; 40% nội dung là mới")
    }

    #[test]
    fn the_version_that_was_taken_over_is_the_one_shown() {
        let (mut old, taken) =
            (Article::default(), "Mười hai đoàn viên thay nhau trực quầy vào buổi tối ở khu nhà cũ.");
        old.body = vec!["Danh sách các điểm trực được dán ở bảng tin từng tổ dân phố trong phường.".into()];
        old.published = time::parse("2026-05-01T08:00:00+07:00");
        for (day, text) in [("02", taken), ("09", "Đã kết thúc, xin cảm ơn bà con đã tới dự buổi gặp mặt hôm nay.")]
        {
            old.revisions.push(Revision {
                at: time::parse(&format!("2026-05-{day}T23:00:00+07:00")).unwrap(),
                title: format!("Bản ngày {day}"),
                sapo: String::new(),
                body: vec![text.to_owned()],
                capture: None,
            });
        }
        // published, title, version of the old one that stands beside it, share
        for (published, place, share) in
            [("2026-05-05", "bản sửa thứ 1, thấy lúc 23:00 02/05/2026", 1.0), ("2026-05-02", "08:00 01/05/2026", 0.0)]
        {
            let new = Article {
                body: vec![taken.to_owned()],
                published: time::parse(&format!("{published}T08:00:00+07:00")),
                ..Article::default()
            };
            let card = card(&new, &old, "");
            assert_eq!((card.old.place.trim_start_matches(", "), card.new.share), (place, share));
        }
    }

    #[test]
    fn two_columns_for_the_terminal() {
        insta::assert_snapshot!(pair().text(80), @r#"
        biên tập lại; 40% nội dung là mới
        ⟦…⟧ là phần chung của hai bài.

        BÀI ĐANG XÉT                           │ BÀI ĐĂNG TRƯỚC
        Điểm hỗ trợ & nụ cười                  │ Phường mở điểm hỗ trợ
        lang.hanoi.gov.vn, 08:00 12/05/2026    │ lang.hanoi.gov.vn, 08:00 12/05/2026
        https://lang.hanoi.gov.vn/a?b=1&c="2"  │ https://lang.hanoi.gov.vn/a?b=1&c="2"
        49% nội dung là phần chung             │ 44% nội dung là phần chung
                                               │
        Điểm hỗ trợ & nụ cười                  │ Phường mở điểm hỗ trợ
                                               │
        Tin vui cho các cụ ở tổ 5. ⟦Mười hai   │ Sáng nay, phường mở điểm hỗ trợ nộp hồ
        đoàn viên thay nhau trực quầy vào buổi │ sơ <trực tuyến> tại nhà văn hóa. ⟦Mười
        tối, mang theo máy⟧ quét, máy ⟦tính cá │ hai đoàn viên thay nhau trực quầy vào
        nhân⟧.                                 │ buổi tối, mang theo máy tính cá nhân⟧.
        "#);
    }

    #[test]
    fn two_articles_for_the_page() {
        insta::assert_snapshot!(pair().html(), @r#"
        <section class="so-sanh">
        <p>biên tập lại; 40% nội dung là mới</p>
        <div class="hai-cot">
        <article>
        <h3>Bài đang xét</h3>
        <p><strong><a href="https://lang.hanoi.gov.vn/a?b=1&amp;c=&quot;2&quot;">Điểm hỗ trợ &amp; nụ cười</a></strong><br>lang.hanoi.gov.vn, 08:00 12/05/2026<br>49% nội dung là phần chung</p>
        <p>Điểm hỗ trợ &amp; nụ cười</p>
        <p>Tin vui cho các cụ ở tổ 5. <mark>Mười hai đoàn viên thay nhau trực quầy vào buổi tối, mang theo máy</mark> quét, máy <mark>tính cá nhân</mark>.</p>
        </article>
        <article>
        <h3>Bài đăng trước</h3>
        <p><strong><a href="https://lang.hanoi.gov.vn/a?b=1&amp;c=&quot;2&quot;">Phường mở điểm hỗ trợ</a></strong><br>lang.hanoi.gov.vn, 08:00 12/05/2026<br>44% nội dung là phần chung</p>
        <p>Phường mở điểm hỗ trợ</p>
        <p>Sáng nay, phường mở điểm hỗ trợ nộp hồ sơ &lt;trực tuyến&gt; tại nhà văn hóa. <mark>Mười hai đoàn viên thay nhau trực quầy vào buổi tối, mang theo máy tính cá nhân</mark>.</p>
        </article>
        </div>
        </section>
        "#);
    }

    #[test]
    fn parts_put_together_are_the_paragraph() {
        let paragraph = "“Một, hai” – ba; bốn. Năm!";
        let mut marks = [true, false, false, true, true].into_iter();
        let parts = parts(paragraph, &mut marks);
        assert_eq!(parts.iter().map(|p| p.text.as_str()).collect::<String>(), paragraph);
        let common: Vec<&str> = parts.iter().filter(|p| p.common).map(|p| p.text.as_str()).collect();
        assert_eq!(common, ["Một", "bốn. Năm"]);
        assert_eq!(super::parts("", &mut std::iter::empty()), []);
    }

    #[test]
    fn long_words_and_narrow_columns() {
        let mut lines = Vec::new();
        wrap("ab cdefghij k", 4, &mut lines);
        assert_eq!(lines, ["ab", "cdef", "ghij", "k"]);
    }
}
