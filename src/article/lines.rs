//! Articles as JSON lines, the form that `classify`, `import`, `audit --articles` read and
//! `articles` writes.
//!
//! A bad line is named and skipped; the good ones are kept. Texts become NFC at this door.

use super::{Article, ArticleId, Channel};
use crate::error::Fault;
use crate::text;
use crate::url::CanonicalUrl;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::HashMap;

/// What a file of lines held.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    /// The articles, in the order of the file.
    pub articles: Vec<Article>,
    /// Those of them whose lines name no channel, by their position; they stand as `other`.
    pub unplaced: Vec<usize>,
    /// The lines skipped, each with its number and how to mend it.
    pub skipped: Vec<Fault>,
    /// The lines kept whose id stood there before: nobody can tell the two apart.
    pub repeated: Vec<Fault>,
}

/// Reads JSON lines; `file` is how the user names them. Empty lines are passed over.
#[must_use]
pub fn read(file: &str, bytes: &[u8]) -> Lines {
    let mut lines = Lines::default();
    let mut seen: HashMap<ArticleId, usize> = HashMap::new();
    for (n, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let fault = |(field, message): (String, String)| {
            let file = file.to_owned();
            Fault { file, line: Some(n), field, message }
        };
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
        if line.is_empty() {
            continue;
        }
        let (article, is_placed) = match read_line(line) {
            Ok(read) => read,
            Err((field, why)) => {
                lines.skipped.push(fault((field, format!("{why}; bỏ qua dòng này"))));
                continue;
            }
        };
        match seen.get(&article.id) {
            Some(first) => lines.repeated.push(fault((
                "id".to_owned(),
                format!(
                    "mã «{}» đã có ở dòng {first}, không phân biệt được hai bài; đặt cho mỗi bài một mã riêng",
                    article.id
                ),
            ))),
            None => drop(seen.insert(article.id.clone(), n)),
        }
        if !is_placed {
            lines.unplaced.push(lines.articles.len());
        }
        lines.articles.push(article);
    }
    lines
}

/// What tells an absent channel from one that is said.
#[derive(Deserialize)]
struct Said {
    channel: Option<IgnoredAny>,
}

/// The article of a line, and whether the line names its channel; else the field and what is wrong.
fn read_line(line: &[u8]) -> Result<(Article, bool), (String, String)> {
    let text = std::str::from_utf8(line)
        .map_err(|e| (String::new(), format!("không phải UTF-8 (byte {})", e.valid_up_to() + 1)))?;
    let mut article: Article = serde_json::from_str(text).map_err(|_| refusal(text))?;
    if article.id.0.trim().is_empty() {
        return Err(("id".to_owned(), "thiếu; mỗi bài cần một mã".to_owned()));
    }
    // Any other than the default was said.
    let is_placed = article.channel != Channel::default()
        || serde_json::from_str::<Said>(text).is_ok_and(|said| said.channel.is_some());
    for part in [&mut article.title, &mut article.sapo, &mut article.author].into_iter().chain(&mut article.body) {
        *part = text::nfc(part);
    }
    article.host = host_name(&article.host);
    if let Some(url) = CanonicalUrl::parse(&article.url) {
        if article.host.is_empty() {
            article.host = url.to_url().host_str().unwrap_or_default().to_owned();
        }
        url.as_str().clone_into(&mut article.url);
    }
    Ok((article, is_placed))
}

/// The name of a host as articles of the crawl bear it, also out of the portal's address in its place, which
/// no site and no unit has.
fn host_name(said: &str) -> String {
    let said = said.trim().to_ascii_lowercase();
    let rest = said.split_once("://").map_or(said.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // Behind the last colon stands a port, but for the numbers of IPv6.
    let port = |(_, port): &(&str, &str)| port.bytes().all(|b| b.is_ascii_digit());
    host.rsplit_once(':').filter(port).map_or(host, |(name, _)| name).trim_end_matches('.').to_owned()
}

/// Which field of a line that is no article is at fault, and what is wrong with it. The line is read
/// once more for that, so that good lines do not pay for it.
fn refusal(line: &str) -> (String, String) {
    const MEND: &str = "mỗi dòng là một bài như `cchc articles` in ra";
    let read: Result<Article, _> = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(line));
    let Err(error) = read else { return (String::new(), format!("có chữ thừa sau đối tượng JSON; {MEND}")) };
    let (field, error) = (error.path().to_string(), error.into_inner());
    let told = error.to_string();
    let told = told.split(" at line ").next().unwrap_or_default();
    let (field, what) = match error.is_data() && field != "." {
        true => (field, "giá trị không dùng được"),
        false => (String::new(), "không phải một đối tượng JSON"),
    };
    (field, format!("{what}, ở cột {} ({told}); {MEND}", error.column()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_its_name_however_it_is_said() {
        for (said, name) in [
            ("HaiBaTrung.hanoi.gov.vn", "haibatrung.hanoi.gov.vn"),
            (" haibatrung.hanoi.gov.vn:8443 ", "haibatrung.hanoi.gov.vn"),
            ("https://haibatrung.hanoi.gov.vn/", "haibatrung.hanoi.gov.vn"),
            ("http://haibatrung.hanoi.gov.vn:80/tin?x#y", "haibatrung.hanoi.gov.vn"),
            ("haibatrung.hanoi.gov.vn./", "haibatrung.hanoi.gov.vn"),
            ("[::1]", "[::1]"),
            ("[::1]:80", "[::1]"),
            ("", ""),
        ] {
            let line = serde_json::json!({ "id": "a", "host": said }).to_string();
            assert_eq!(read("bai.jsonl", line.as_bytes()).articles[0].host, name, "{said}");
        }
    }

    #[test]
    fn a_bad_line_is_named_and_the_rest_is_read() {
        let text = [
            &b"\xef\xbb\xbf{\"id\":\"a\",\"url\":\"https://PhuongX.vn/a.htm#top\",\"title\":\"Hoa\xcc\x80\"}\r\n\n"[..],
            b"{\"id\":1}\nr\xc3\xa1c\n{\"title\":\"x\"}\n{\"id\":\"b\",\"channel\":\"city-page\"}\n",
            b"{\"id\":\"c\",\"assessment\":{\"unit\":\"So\"}}\n{\"id\":\"\xff\"}\n{\"id\":\"a\",\"channel\":\"other\"}\n{} {}",
        ];
        let lines = read("bai.jsonl", &text.concat());
        let ids: Vec<&str> = lines.articles.iter().map(|a| a.id.0.as_str()).collect();
        assert_eq!((ids, lines.unplaced), (vec!["a", "b", "a"], vec![0]));
        let first = &lines.articles[0];
        assert_eq!(
            (first.url.as_str(), first.host.as_str(), first.title.as_str()),
            ("https://phuongx.vn/a.htm", "phuongx.vn", "Hoà")
        );
        assert_eq!(lines.articles[1].channel, Channel::CityPage);
        let told = |faults: &[Fault]| faults.iter().map(|f| format!("{f}\n")).collect::<String>();
        insta::assert_snapshot!(told(&lines.skipped), @"
        bai.jsonl:3: id: giá trị không dùng được, ở cột 7 (invalid type: integer `1`, expected a string); mỗi dòng là một bài như `cchc articles` in ra; bỏ qua dòng này
        bai.jsonl:4: không phải một đối tượng JSON, ở cột 1 (expected value); mỗi dòng là một bài như `cchc articles` in ra; bỏ qua dòng này
        bai.jsonl:5: id: thiếu; mỗi bài cần một mã; bỏ qua dòng này
        bai.jsonl:7: assessment.unit: giá trị không dùng được, ở cột 36 (mã đơn vị «So» không hợp lệ; dùng chữ thường không dấu và gạch nối, như phuong-hai-ba-trung); mỗi dòng là một bài như `cchc articles` in ra; bỏ qua dòng này
        bai.jsonl:8: không phải UTF-8 (byte 8); bỏ qua dòng này
        bai.jsonl:10: có chữ thừa sau đối tượng JSON; mỗi dòng là một bài như `cchc articles` in ra; bỏ qua dòng này
        ");
        insta::assert_snapshot!(told(&lines.repeated), @"bai.jsonl:9: id: mã «a» đã có ở dòng 1, không phân biệt được hai bài; đặt cho mỗi bài một mã riêng");
    }
}
