//! What stands on the page and is not the text: letterheads, căn cứ, nơi nhận, captions, links.
//!
//! Two papers with one letterhead are not one paper, and a copy does not become new because the
//! list of related news beside it changed.

use super::letters;
use crate::text::fold;

/// A paragraph that begins so (folded) is not text.
const OPENINGS: [&str; 25] = [
    "cong hoa xa hoi chu nghia viet nam",
    "doc lap - tu do - hanh phuc",
    "doc lap – tu do – hanh phuc",
    "anh:",
    "anh minh hoa",
    "(anh",
    "[anh",
    "hinh anh:",
    "video:",
    "nguon:",
    "nguon anh",
    "tac gia:",
    "tin, anh",
    "tin anh:",
    "tin bai:",
    "bai va anh",
    "bai, anh",
    "thuc hien:",
    "luot xem",
    "chia se:",
    "tu khoa:",
    "tai ve",
    "tep dinh kem",
    "file dinh kem",
    "(co van ban kem theo",
];

/// Short paragraphs that point to a file or a page and say nothing else.
const POINTERS: [&str; 7] = [
    "chi tiet xem tai",
    "xem chi tiet",
    "chi tiet tai",
    "noi dung chi tiet",
    "xem van ban",
    "moi ban doc xem",
    "xem noi dung",
];

/// From such a line on, links to other pages follow.
const LINK_LISTS: [&str; 12] = [
    "tin lien quan",
    "bai lien quan",
    "bai viet lien quan",
    "tin bai lien quan",
    "tin cung chuyen muc",
    "cung chuyen muc",
    "cac tin khac",
    "tin khac",
    "tin moi hon",
    "tin cu hon",
    "tin da dua",
    "xem them",
];

/// Who signs, in whose name.
const SIGNATURES: [&str; 7] = ["tm. ", "tl. ", "kt. ", "tuq. ", "(da ky)", "so: ", "kinh gui:"];

/// The paragraphs that count as text, the lead first; the title is none of them. A paragraph that
/// only repeats the title or an earlier paragraph does not count twice.
pub(crate) fn strip<'a>(title: &str, sapo: &'a str, body: &'a [String]) -> Vec<&'a str> {
    let mut kept: Vec<&str> = Vec::with_capacity(body.len() + 1);
    let mut rest = Rest::Text;
    for paragraph in std::iter::once(sapo).chain(body.iter().map(String::as_str)) {
        let paragraph = paragraph.trim();
        if paragraph.is_empty() || paragraph == title.trim() || repeats(&kept, paragraph) {
            continue;
        }
        let opening = letters::beginning(paragraph, 40);
        rest = rest.after(&opening, paragraph);
        if rest == Rest::Text && !is_boilerplate(&opening, paragraph) {
            kept.push(paragraph);
        }
    }
    kept
}

/// A lead printed again as the first paragraph; further down a refrain is the author's own.
fn repeats(kept: &[&str], paragraph: &str) -> bool {
    kept.len() == 1 && kept[0] == paragraph
}

/// What part of the page the paragraphs belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Text,
    /// Nơi nhận, until something that is no line of a list.
    Recipients,
    /// Links to other pages, until a paragraph with a full sentence.
    Links,
}

impl Rest {
    fn after(self, opening: &str, paragraph: &str) -> Self {
        if opening.starts_with("noi nhan") {
            return Self::Recipients;
        }
        let heading = opening.trim_end_matches([':', ' ', '.']);
        if LINK_LISTS.contains(&heading) {
            return Self::Links;
        }
        match self {
            Self::Recipients if is_list_line(opening) => Self::Recipients,
            Self::Links if !is_sentence(paragraph) => Self::Links,
            _ => Self::Text,
        }
    }
}

fn is_list_line(opening: &str) -> bool {
    opening.starts_with(['-', '–', '+', '•']) || opening.starts_with("luu:") || opening.starts_with("nhu ")
}

fn is_sentence(paragraph: &str) -> bool {
    paragraph.trim_end_matches(['"', '”', ')', '»']).ends_with(['.', '!', '?', '…'])
}

fn is_boilerplate(opening: &str, paragraph: &str) -> bool {
    let short = paragraph.len() < 240;
    OPENINGS.iter().any(|o| opening.starts_with(o)) && short
        || POINTERS.iter().any(|o| opening.starts_with(o)) && paragraph.len() < 120
        || SIGNATURES.iter().any(|o| opening.starts_with(o)) && paragraph.len() < 120
        || is_ground(opening, paragraph)
        || is_caption(opening, paragraph)
        || is_letterhead(paragraph)
}

/// A line of grounds of a legal paper: `Căn cứ Luật …;`. A sentence of news that begins with the
/// same words ends in a full stop.
fn is_ground(opening: &str, paragraph: &str) -> bool {
    let grounds = ["can cu ", "theo de nghi cua ", "xet de nghi cua ", "xet to trinh "];
    grounds.iter().any(|g| opening.starts_with(g)) && paragraph.ends_with([';', ','])
}

/// `Toàn cảnh hội nghị. Ảnh: Văn An`: short, and about its picture.
fn is_caption(opening: &str, paragraph: &str) -> bool {
    let about = ["toan canh ", "quang canh ", "hinh anh ", "anh "];
    paragraph.len() < 240
        && (about.iter().any(|a| opening.starts_with(a)) && !is_sentence(paragraph) || is_credited(paragraph))
}

/// Names whose picture it is: `… Ảnh: Văn An`, not `… phát triển xanh: …`.
fn is_credited(paragraph: &str) -> bool {
    let may = paragraph.contains("nh:") || paragraph.contains("NH:");
    may && fold(paragraph).split_inclusive([' ', '.', '(', '[']).any(|word| word.starts_with("anh:"))
}

/// A short line in capitals: the body that issues, or the kind of paper.
fn is_letterhead(paragraph: &str) -> bool {
    paragraph.len() < 120 && paragraph.chars().any(char::is_alphabetic) && !paragraph.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_is_kept() {
        // paragraph, is text
        for (paragraph, text) in [
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", false),
            ("Độc lập - Tự do - Hạnh phúc", false),
            ("ỦY BAN NHÂN DÂN PHƯỜNG LÁNG", false),
            ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 16/6/2025;", false),
            ("Căn cứ kế hoạch, sáng 12/5, phường tổ chức tập huấn cho công chức.", true),
            ("Theo đề nghị của Trưởng phòng Văn hóa – Xã hội,", false),
            ("Toàn cảnh hội nghị. Ảnh: Văn An", false),
            ("Ảnh: Thu Hà", false),
            ("Phường chọn hướng đi xanh: ít giấy tờ, nhiều cây.", true),
            ("Quang cảnh buổi đối thoại", false),
            ("Ảnh hưởng của việc sắp xếp đã giảm rõ rệt.", true),
            ("Xem chi tiết tại đây", false),
            ("KT. CHỦ TỊCH", false),
            ("Sáng 5/3, UBND phường Láng khai trương điểm hỗ trợ.", true),
        ] {
            let body = ["Mở đầu.".to_owned(), paragraph.to_owned()];
            assert_eq!(strip("Tiêu đề", "", &body).contains(&paragraph), text, "{paragraph}");
        }
    }

    #[test]
    fn lists_of_links_and_recipients_end_the_text() {
        let body: Vec<String> = [
            "Tiêu đề",
            "Phường mở điểm hỗ trợ.",
            "Nơi nhận:",
            "- Như trên;",
            "- Lưu: VT.",
            "Điểm mở cửa cả ngày.",
            "Tin liên quan:",
            "Phường Láng ra mắt tổ công nghệ số",
            "Hội nghị sơ kết quý I",
        ]
        .map(str::to_owned)
        .to_vec();
        assert_eq!(strip("Tiêu đề", "Lời dẫn.", &body), ["Lời dẫn.", "Phường mở điểm hỗ trợ.", "Điểm mở cửa cả ngày."]);
    }

    #[test]
    fn a_lead_printed_twice_counts_once() {
        assert_eq!(strip("T", "Lời dẫn.", &["Lời dẫn.".into(), "Thân bài.".into()]), ["Lời dẫn.", "Thân bài."]);
        assert!(strip("", "", &[]).is_empty());
    }
}
