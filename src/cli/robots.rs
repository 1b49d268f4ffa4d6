//! `cchc robots`.

use super::{Context, Exit};
use crate::crawl::robots::{Robots, path_of};
use crate::error::{Error, Result, told};

/// Theo robots.txt này, từng địa chỉ có được đọc không
#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  cchc robots robots.txt --agent cchc-audit https://…")]
pub(super) struct Args {
    /// Tệp robots.txt
    #[arg(value_name = "TỆP")]
    file: std::path::PathBuf,
    /// Tên chương trình đọc (product token)
    #[arg(long, value_name = "TÊN")]
    agent: String,
    /// Các địa chỉ cần hỏi
    #[arg(value_name = "ĐỊA_CHỈ", required = true)]
    urls: Vec<String>,
}

pub(super) fn run(args: &Args, _context: &Context) -> Result<Exit> {
    let bytes = std::fs::read(&args.file).map_err(|e| {
        Error::Input(format!("không đọc được {}: {}; chỉ tệp robots.txt đã lưu", args.file.display(), told(&e)))
    })?;
    let rules = Robots::parse(&bytes).rules(&args.agent);
    let (urls, words): (Vec<&String>, Vec<&String>) = args.urls.iter().partition(|word| is_address(word));
    for url in urls {
        let answer = if rules.allow(&path_of(url)) { "allowed" } else { "disallowed" };
        println!("{answer} {url}");
    }
    match words.first() {
        None => Ok(Exit::Done),
        Some(word) => Err(Error::Input(format!(
            "«{word}» không phải địa chỉ; viết địa chỉ đầy đủ như https://phuong.vn/tin, hoặc đường dẫn như /tin"
        ))),
    }
}

/// Whether a word names an address: a full one, one without its scheme, or a path. A word without
/// a dot names no host that anybody publishes on.
fn is_address(word: &str) -> bool {
    let rest = word.split_once("//").map_or(word, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let is_name = host.contains('.') || host == "localhost" || host.starts_with('[');
    let named = word.contains("://") && !host.is_empty();
    (word.starts_with('/') || is_name || named) && !word.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_no_addresses() {
        for (word, answer) in [
            ("https://a.vn/tin", true),
            ("a.vn", true),
            ("a.vn:8080/tin?x", true),
            ("/", true),
            ("/tin//x", true),
            ("//a.vn/x", true),
            ("http://localhost:1/x", true),
            ("http://[::1]/x", true),
            ("http://a/x", true),
            ("tin", false),
            ("", false),
            ("https:", false),
            ("a.vn /tin", false),
        ] {
            assert_eq!(is_address(word), answer, "{word}");
        }
    }
}
