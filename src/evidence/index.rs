//! The parts of a WACZ that replay tools look for: the index, the list of pages, the package's
//! own description (WACZ 1.1.1).

use crate::archive::gzip;
use crate::digest::{prefixed, sha256};
use crate::time::Time;
use serde_json::{Value, json};

/// Lines of the index in one gzip member.
const BLOCK: usize = 1024;
/// The archive file inside a pack.
pub(super) const WARC: &str = "data.warc.gz";

/// `index.cdx.gz` and `index.idx`: sorted lines in blocks, and where each block begins.
pub(super) fn index(mut lines: Vec<String>) -> (Vec<u8>, Vec<u8>) {
    lines.sort_unstable();
    let mut blocks = Vec::new();
    let mut summary = "!meta 0 {\"format\": \"cdxj-gzip-1.0\", \"filename\": \"index.cdx.gz\"}\n".to_owned();
    for block in lines.chunks(BLOCK) {
        let text: String = block.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        let offset = blocks.len();
        gzip::member(&[text.as_bytes()], &mut blocks);
        let length = blocks.len() - offset;
        let first: Vec<&str> = block[0].splitn(3, ' ').collect();
        let digest = prefixed(&[&blocks[offset..]]);
        let place = json!({"offset": offset, "length": length, "digest": digest});
        summary.push_str(&format!("{} {} {place}\n", first[0], first[1]));
    }
    (blocks, summary.into_bytes())
}

/// One page of the list.
pub(super) struct Page<'a> {
    pub(super) id: &'a str,
    pub(super) url: &'a str,
    pub(super) title: &'a str,
    pub(super) at: Time,
}

/// `pages.jsonl`.
pub(super) fn pages(title: &str, pages: &[Page<'_>]) -> Vec<u8> {
    let mut text = json!({"format": "json-pages-1.0", "id": "pages", "title": title}).to_string() + "\n";
    for page in pages {
        let ts = page.at.to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string();
        text.push_str(&json!({"id": page.id, "url": page.url, "title": page.title, "ts": ts}).to_string());
        text.push('\n');
    }
    text.into_bytes()
}

/// `datapackage.json`: every file with its hash.
pub(super) fn package(title: &str, description: &str, created: Time, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let resource = |(path, bytes): &(String, Vec<u8>)| {
        // Frictionless wants names in lower case, without the folder.
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        json!({"name": name, "path": path, "hash": format!("sha256:{}", sha256(bytes)), "bytes": bytes.len()})
    };
    let package = json!({
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": title,
        "description": description,
        "created": created.to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "software": concat!("cchc-audit ", env!("CARGO_PKG_VERSION")),
        "resources": files.iter().map(resource).collect::<Vec<Value>>(),
    });
    pretty(&package)
}

/// JSON that people may read, with a line end.
pub(super) fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(value).expect("a JSON value always serialises");
    text.push('\n');
    text.into_bytes()
}
