//! Articles as JSON lines, the form that `classify`, `import`, `audit --articles` read and
//! `articles` writes.
//!
//! A bad line is named and skipped; the good ones are kept. Texts become NFC at this door.

use super::Article;
use crate::error::Fault;
use crate::text;
use crate::url::CanonicalUrl;

/// What a file of lines held.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    /// The articles, in the order of the file.
    pub articles: Vec<Article>,
    /// The lines skipped, each with its number and how to mend it.
    pub skipped: Vec<Fault>,
}

/// Reads a text of JSON lines; `file` is how the user names it. Empty lines are passed over.
#[must_use]
pub fn read(file: &str, text: &str) -> Lines {
    let mut lines = Lines::default();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match read_line(line) {
            Ok(article) => lines.articles.push(article),
            Err(message) => lines.skipped.push(Fault {
                file: file.to_owned(),
                line: Some(n + 1),
                field: String::new(),
                message: format!("bỏ qua dòng này: {message}"),
            }),
        }
    }
    lines
}

fn read_line(line: &str) -> Result<Article, String> {
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    let mut article: Article = serde_json::from_str(line).map_err(|e| refusal(&e))?;
    if article.id.0.trim().is_empty() {
        return Err("thiếu \"id\"; mỗi bài cần một mã".to_owned());
    }
    for part in [&mut article.title, &mut article.sapo, &mut article.author].into_iter().chain(&mut article.body) {
        *part = text::nfc(part);
    }
    article.host.make_ascii_lowercase();
    if let Some(url) = CanonicalUrl::parse(&article.url) {
        if article.host.is_empty() {
            article.host = url.to_url().host_str().unwrap_or_default().to_owned();
        }
        url.as_str().clone_into(&mut article.url);
    }
    Ok(article)
}

/// What is wrong with a line that is no article, and where in it.
pub(crate) fn refusal(error: &serde_json::Error) -> String {
    let told = error.to_string();
    let told = told.split(" at line ").next().unwrap_or_default();
    let what = if error.is_data() { "một trường sai kiểu" } else { "không phải một đối tượng JSON" };
    format!("{what}, ở cột {} ({told}); mỗi dòng là một bài như `cchc articles` in ra", error.column())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Channel;

    #[test]
    fn a_bad_line_is_named_and_the_rest_is_read() {
        let text = "{\"id\":\"a\",\"url\":\"https://PhuongX.vn/a.htm#top\",\"title\":\"Hoa\u{300}\"}\n\n{\"id\":1}\nrác\n{\"title\":\"x\"}\n{\"id\":\"b\",\"channel\":\"city-page\"}";
        let lines = read("bai.jsonl", text);
        let ids: Vec<&str> = lines.articles.iter().map(|a| a.id.0.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
        let first = &lines.articles[0];
        assert_eq!(
            (first.url.as_str(), first.host.as_str(), first.title.as_str()),
            ("https://phuongx.vn/a.htm", "phuongx.vn", "Hoà")
        );
        assert_eq!(lines.articles[1].channel, Channel::CityPage);
        let skipped: Vec<String> = lines.skipped.iter().map(ToString::to_string).collect();
        assert_eq!(skipped.len(), 3);
        assert!(skipped[0].starts_with("bai.jsonl:3: bỏ qua dòng này: "), "{skipped:?}");
        assert!(skipped[0].contains("sai kiểu, ở cột 7 (invalid type: integer `1`"), "{skipped:?}");
        assert!(skipped[1].contains("không phải một đối tượng JSON, ở cột 1 "), "{skipped:?}");
        assert!(skipped[2].starts_with("bai.jsonl:5: bỏ qua dòng này: thiếu \"id\""), "{skipped:?}");
    }
}
