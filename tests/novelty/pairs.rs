//! Repost or not, on labelled pairs: texts of `tests/pairs/`, written by hand, and copies made from
//! them by the transformations below. The quality reached is pinned in `tests/quality/novelty.toml`
//! and can only go up.

use cchc_audit::article::{Article, ArticleId};
use cchc_audit::assess::novelty::over_file;
use cchc_audit::{digest, text, time};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization as _;

/// A text as written in `tests/pairs/*.toml`.
#[derive(Debug, Clone, Deserialize)]
struct Text {
    id: String,
    title: String,
    sapo: String,
    body: Vec<String>,
    /// The base texts a hand-written one was made from.
    #[serde(default)]
    of: Vec<String>,
    /// How.
    #[serde(default)]
    relation: String,
    /// Texts of one form that comes back.
    #[serde(default)]
    family: String,
}

#[derive(Deserialize)]
struct File {
    text: Vec<Text>,
}

/// What `tests/quality/novelty.toml` says.
#[derive(Debug, PartialEq, Deserialize)]
struct Quality {
    pairs: usize,
    precision: f64,
    recall: f64,
    f1: f64,
    corpus: String,
}

/// One labelled question: is `new`, published after `old`, a repost?
struct Pair {
    class: &'static str,
    repost: bool,
    old: Vec<Text>,
    new: Text,
}

const FILES: [(&str, &str); 6] = [
    ("goc-1.toml", include_str!("../pairs/goc-1.toml")),
    ("goc-2.toml", include_str!("../pairs/goc-2.toml")),
    ("goc-3.toml", include_str!("../pairs/goc-3.toml")),
    ("viet-lai.toml", include_str!("../pairs/viet-lai.toml")),
    ("mau-tuan.toml", include_str!("../pairs/mau-tuan.toml")),
    ("kho.toml", include_str!("../pairs/kho.toml")),
];

/// Of `kho.toml`, two texts made from one: which came first, which later, and whether that is a repost.
const SIBLINGS: [(&str, &str, bool); 7] = [
    ("k1a", "k1c", true),
    ("k1a", "k1b", false),
    ("k2a", "k2b", false),
    ("k4a", "k4c", true),
    ("k5a", "k5c", true),
    ("k6a", "k6c", true),
    ("k8a", "k8b", true),
];

fn texts(names: &[&str]) -> Vec<Text> {
    let read = |(name, content): &(&str, &str)| match toml::from_str::<File>(content) {
        Ok(file) => file.text,
        Err(error) => panic!("tests/pairs/{name}: {error}"),
    };
    FILES.iter().filter(|(name, _)| names.contains(name)).flat_map(read).collect()
}

/// Every text with all its words in one form.
fn map(text: &Text, change: impl Fn(&str) -> String) -> Text {
    let body = text.body.iter().map(|p| change(p)).collect();
    Text { title: change(&text.title), sapo: change(&text.sapo), body, ..text.clone() }
}

/// `hóa` → `hoá`: the tone on the second vowel, as newer school books have it.
fn other_tones(text: &str) -> String {
    let moved = [
        ("òa", "oà"),
        ("óa", "oá"),
        ("ỏa", "oả"),
        ("õa", "oã"),
        ("ọa", "oạ"),
        ("òe", "oè"),
        ("óe", "oé"),
        ("ỏe", "oẻ"),
        ("ùy", "uỳ"),
        ("úy", "uý"),
        ("ủy", "uỷ"),
        ("ũy", "uỹ"),
        ("ụy", "uỵ"),
        ("Ủy", "Uỷ"),
    ];
    moved.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new))
}

fn other_signs(text: &str) -> String {
    text.replace(['“', '”'], "\"").replace(" – ", " - ").replace("; ", ", ").replace(": ", " – ").replace("...", "…")
}

fn truncated(text: &Text) -> Text {
    Text { body: text.body[..text.body.len().div_ceil(2)].to_vec(), ..text.clone() }
}

fn reordered(text: &Text) -> Text {
    Text { body: text.body.iter().rev().cloned().collect(), ..text.clone() }
}

fn retitled(text: &Text, other: &Text) -> Text {
    Text { title: format!("{} – {}", other.title, text.title.len()), ..text.clone() }
}

/// Both texts whole, one after the other, under a new title and without their leads.
fn merged(a: &Text, b: &Text) -> Text {
    let body = a.body.iter().chain(&b.body).cloned().collect();
    Text { title: "Điểm tin cải cách hành chính".into(), sapo: String::new(), body, ..a.clone() }
}

/// What a portal and an office put around a text.
fn dressed(text: &Text) -> Text {
    let before = [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025 của Quốc hội;",
        "Căn cứ Kế hoạch số 75/KH-UBND ngày 27/02/2026 của UBND Thành phố về tuyên truyền cải cách hành chính;",
        "Theo đề nghị của Chánh Văn phòng Hội đồng nhân dân và Ủy ban nhân dân phường;",
    ];
    let after = [
        "Toàn cảnh buổi làm việc. Ảnh: Ban biên tập",
        "Nơi nhận:",
        "- Thường trực Đảng ủy, Thường trực Hội đồng nhân dân phường (để báo cáo);",
        "- Lưu: VT, VHXH.",
        "Tin liên quan:",
        "Phường tổ chức hội nghị lấy phiếu tín nhiệm đối với người giữ chức vụ do Hội đồng nhân dân bầu",
        "Khai mạc hè và phát động toàn dân tập luyện môn bơi phòng chống đuối nước năm nay",
    ];
    let own = |lines: &[&str]| lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
    Text { body: [own(&before), text.body.clone(), own(&after)].concat(), ..text.clone() }
}

/// The lead and first paragraph of another text on the old body.
fn new_lead(text: &Text, other: &Text) -> Text {
    let body = std::iter::once(&other.body[0]).chain(&text.body).cloned().collect();
    Text { title: other.title.clone(), sapo: String::new(), body, ..text.clone() }
}

/// Another text that takes over one paragraph.
fn quoting(text: &Text, other: &Text) -> Text {
    let shortest = text.body.iter().min_by_key(|p| p.len()).cloned();
    Text { body: other.body.iter().cloned().chain(shortest).collect(), ..other.clone() }
}

/// Under the name of another place: who copies a ward's text as one's own changes that much.
fn renamed(text: &Text) -> Text {
    let names = [
        ("Láng", "Ngọc Lâm"),
        ("Phúc Thịnh", "Vân Đình"),
        ("Tây Mỗ", "Nghĩa Đô"),
        ("Hoàng Liệt", "Tương Mai"),
        ("Sóc Sơn", "Kiều Phú"),
        ("Khương Đình", "Sơn Tây"),
        ("Vĩnh Hưng", "Phú Thượng"),
        ("Cửa Nam", "Phương Liệt"),
    ];
    map(text, |t| names.iter().fold(t.to_owned(), |t, (from, to)| t.replace(from, to)))
}

/// The two longest paragraphs taken over beside a text of its own: more than a third, less than half.
fn a_third(text: &Text, other: &Text) -> Text {
    let mut own = other.body.clone();
    own.extend([other.sapo.clone(), "Ban biên tập sẽ tiếp tục thông tin tới bạn đọc.".into()]);
    let mut taken = text.body.clone();
    taken.sort_by_key(|p| std::cmp::Reverse(p.len()));
    taken.truncate(2);
    Text { body: own.into_iter().chain(taken).collect(), ..other.clone() }
}

fn pairs() -> Vec<Pair> {
    let base = texts(&["goc-1.toml", "goc-2.toml", "goc-3.toml"]);
    let mut pairs = made(&base);
    for new in texts(&["viet-lai.toml"]) {
        let old = base.iter().filter(|b| new.of.contains(&b.id)).cloned().collect();
        let (class, repost) = match new.relation.as_str() {
            "light-edit" => ("light edit, by hand", true),
            "new-lead" => ("new lead, by hand", true),
            "same-event" => ("same event, other words", false),
            "followup" => ("follow-up", false),
            other => panic!("{}: relation {other}", new.id),
        };
        pairs.push(Pair { class, repost, old, new });
    }
    let forms = texts(&["mau-tuan.toml"]);
    for (i, old) in forms.iter().enumerate() {
        for new in forms[i + 1..].iter().filter(|new| new.family == old.family) {
            pairs.push(Pair {
                class: "form with other facts",
                repost: false,
                old: vec![old.clone()],
                new: new.clone(),
            });
        }
        pairs.push(Pair { class: "form, unchanged", repost: true, old: vec![old.clone()], new: old.clone() });
    }
    pairs.extend(hard());
    pairs
}

/// The hard pairs: each text with those it was made from, and some of one origin with each other.
fn hard() -> Vec<Pair> {
    let all = texts(&["kho.toml"]);
    let of = |id: &str| all.iter().find(|text| text.id == id).cloned().unwrap_or_else(|| panic!("kho.toml: no {id}"));
    let mut pairs = Vec::new();
    for new in all.iter().filter(|text| !text.of.is_empty()) {
        let (class, repost) = match new.relation.as_str() {
            "light-edit" => ("hard: light edit", true),
            "press" => ("hard: press with a new lead", true),
            "truncated" => ("hard: truncated", true),
            "retitled" => ("hard: retitled", true),
            "merged" => ("hard: two merged and shortened", true),
            "copied-by-another" => ("hard: under another name", true),
            "template" => ("hard: template with other facts", false),
            "same-conference" => ("hard: two wards' own reports", false),
            "same-event" => ("hard: same event, other words", false),
            "followup" => ("hard: follow-up", false),
            other => panic!("{}: relation {other}", new.id),
        };
        let old = new.of.iter().map(|id| of(id)).collect();
        pairs.push(Pair { class, repost, old, new: new.clone() });
    }
    let sibling = |(old, new, repost): &(&str, &str, bool)| Pair {
        class: if *repost { "hard: copies of one text" } else { "hard: of one form" },
        repost: *repost,
        old: vec![of(old)],
        new: of(new),
    };
    pairs.extend(SIBLINGS.iter().map(sibling));
    pairs
}

/// Copies made from the base texts, each by the rule of its class, and pairs of strangers.
fn made(base: &[Text]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (i, text) in base.iter().enumerate() {
        let (next, far) = (&base[(i + 1) % base.len()], &base[(i + 7) % base.len()]);
        let mut add = |class, repost, old: &[&Text], new| {
            pairs.push(Pair { class, repost, old: old.iter().map(|t| (*t).clone()).collect(), new });
        };
        add("retitled", true, &[text], retitled(text, next));
        add("stranger", false, &[text], next.clone());
        match i % 4 {
            0 => add("truncated", true, &[text], truncated(text)),
            1 => add("other signs", true, &[text], map(text, other_signs)),
            2 => add("reordered", true, &[text], reordered(text)),
            _ => add("without diacritics", true, &[text], map(text, text::fold)),
        }
        match i % 3 {
            0 => add("NFD", true, &[text], map(text, |t| t.nfd().collect())),
            1 => add("other tone marks", true, &[text], map(text, other_tones)),
            _ => add("new lead", true, &[text], new_lead(text, far)),
        }
        match i % 2 {
            0 => add("merged", true, &[text, far], merged(text, far)),
            _ => add("other letterhead", true, &[text], dressed(text)),
        }
        match i % 2 {
            0 => add("same letterhead only", false, &[&dressed(text)], dressed(far)),
            _ => add("quotes a paragraph", false, &[text], quoting(text, far)),
        }
        let other_place = renamed(text);
        if other_place.title != text.title {
            add("under another name", true, &[text], other_place);
        }
        if i % 4 == 0 {
            add("a third taken over", false, &[text], a_third(text, far));
        }
    }
    pairs
}

fn article(text: &Text, id: &str, day: u32) -> Article {
    Article {
        id: ArticleId(id.to_owned()),
        title: text.title.clone(),
        sapo: text.sapo.clone(),
        body: text.body.clone(),
        published: time::parse(&format!("2026-05-{day:02}T08:00:00+07:00")),
        ..Article::default()
    }
}

/// The share found and whether it is called a repost.
fn judged(pair: &Pair) -> (bool, f64) {
    let old = pair.old.iter().enumerate().map(|(i, t)| article(t, &format!("cũ {i}"), 10));
    let file: Vec<Article> = old.chain([article(&pair.new, "mới", 20)]).collect();
    let finding = over_file(&file).pop().unwrap();
    (finding.novelty.repost, finding.novelty.similarity)
}

#[test]
fn quality_on_labelled_pairs_only_goes_up() {
    let pairs = pairs();
    let (mut hits, mut false_alarms, mut misses) = (0, 0, 0);
    let mut told = String::new();
    let mut ranges: BTreeMap<&str, (usize, f64, f64)> = BTreeMap::new();
    for pair in &pairs {
        let (repost, share) = judged(pair);
        let range = ranges.entry(pair.class).or_insert((0, 1.0, 0.0));
        *range = (range.0 + 1, range.1.min(share), range.2.max(share));
        match (pair.repost, repost) {
            (true, true) => hits += 1,
            (false, true) => false_alarms += 1,
            (true, false) => misses += 1,
            (false, false) => {}
        }
        if pair.repost != repost {
            let _ = writeln!(told, "{}: {} from {:?}, share {share:.3}", pair.class, pair.new.id, pair.old[0].id);
        }
    }
    for (class, (count, least, most)) in ranges {
        println!("{class}: {count} pairs, shares {least:.2}–{most:.2}");
    }
    let ratio = |part: usize, all: usize| (part as f64 / all as f64 * 10_000.0).round() / 10_000.0;
    let reached = Quality {
        pairs: pairs.len(),
        precision: ratio(hits, hits + false_alarms),
        recall: ratio(hits, hits + misses),
        f1: ratio(2 * hits, 2 * hits + false_alarms + misses),
        corpus: digest::sha256(FILES.map(|(_, content)| content).concat().as_bytes()),
    };
    let pinned: Quality = toml::from_str(include_str!("../quality/novelty.toml")).expect("tests/quality/novelty.toml");
    assert!(reached.f1 >= 0.98 && reached.precision >= 0.99, "{reached:?}\n{told}");
    assert_eq!(
        reached, pinned,
        "tests/quality/novelty.toml: write the left values there, if they are not lower\n{told}"
    );
}

#[test]
fn there_are_enough_pairs_of_every_kind() {
    let pairs = pairs();
    assert!(pairs.len() >= 200, "{}", pairs.len());
    let reposts = pairs.iter().filter(|p| p.repost).count();
    assert!(reposts * 4 >= pairs.len() && reposts * 4 <= pairs.len() * 3, "{reposts} of {}", pairs.len());
    assert!(pairs.iter().all(|p| !p.old.is_empty()), "a hand-written text names a base text that is not there");
}
