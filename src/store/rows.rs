//! The rows: an article without its texts, its texts packed apart, and what is known beside.
//!
//! An audit reads every article's row and no text; so the texts, nine tenths of the bytes, stand
//! in a tree of their own.

use crate::article::{Article, ArticleId, Assessment};
use crate::assess::novelty::Finding;
use crate::deflate;
use crate::error::{Error, Result};
use crate::time::Time;
use crate::unit::UnitId;
use flate2::read::DeflateDecoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::Read as _;

/// An article as an audit needs it: without texts, with what was decided.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The article; its body and those of its revisions are empty.
    pub article: Article,
    /// A number for its words; see [`Article::text_identity`].
    pub text: u64,
    /// What it is by itself.
    pub judged: Option<Judged>,
    /// What other texts say of it.
    pub finding: Option<Finding>,
}

impl Entry {
    /// What is held of it, once it was assessed: by itself, beside other texts, and what it brought.
    #[must_use]
    pub fn assessment(&self) -> Option<Assessment> {
        let novelty = self.finding.as_ref().map(|finding| finding.novelty.clone()).unwrap_or_default();
        self.judged.as_ref().map(|judged| self.article.whole(judged.assessment.clone(), novelty))
    }

    /// The units that it is credited to.
    #[must_use]
    pub fn credited(&self) -> Vec<UnitId> {
        let whole = self.assessment().unwrap_or_default();
        whole.unit.into_iter().chain(whole.co_units).collect()
    }
}

/// What an article is by itself, and the rules that say so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Hash of registry, lexicons and program.
    pub rules: String,
    /// The answers.
    pub assessment: Assessment,
}

/// The rules alone, which are asked for every article every night.
#[derive(Deserialize)]
pub(super) struct By {
    pub(super) rules: String,
}

/// An article without its texts.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) article: Article,
    /// See [`Article::text_identity`].
    pub(super) text: u64,
}

impl Row {
    /// Takes an article apart: its row, and its texts as deflated JSON. `text` is the number for
    /// its words.
    pub(super) fn split(mut article: Article, text: u64) -> (Self, Vec<u8>) {
        let bodies = std::iter::once(&mut article.body).chain(article.revisions.iter_mut().map(|r| &mut r.body));
        let texts: Vec<Vec<String>> = bodies.map(std::mem::take).collect();
        (Self { article, text }, pack(&texts))
    }

    /// The row alone; texts the article may carry are left out.
    pub(super) fn of_head(article: &Article, text: u64) -> Self {
        let mut article = article.clone();
        article.body.clear();
        article.revisions.iter_mut().for_each(|r| r.body.clear());
        Self { article, text }
    }

    /// Puts it together again.
    pub(super) fn join(self, texts: &[u8]) -> std::io::Result<Article> {
        let mut article = self.article;
        let mut texts = unpack(texts)?.into_iter();
        article.body = texts.next().unwrap_or_default();
        for (revision, body) in article.revisions.iter_mut().zip(texts) {
            revision.body = body;
        }
        Ok(article)
    }
}

fn pack(texts: &[Vec<String>]) -> Vec<u8> {
    let json = serde_json::to_vec(texts).expect("strings are valid JSON");
    deflate::with(|deflate| {
        let mut packed = vec![0; deflate.deflate_compress_bound(json.len())];
        let written = deflate.deflate_compress(&json, &mut packed).expect("there is room for the worst case");
        packed.truncate(written);
        packed
    })
}

fn unpack(packed: &[u8]) -> std::io::Result<Vec<Vec<String>>> {
    if packed.is_empty() {
        return Ok(Vec::new());
    }
    let mut json = Vec::with_capacity(packed.len() * 3);
    DeflateDecoder::new(packed).read_to_end(&mut json)?;
    Ok(serde_json::from_slice(&json)?)
}

/// The article whose row stands under a key.
pub(super) fn id_of(key: &[u8]) -> ArticleId {
    ArticleId(String::from_utf8_lossy(key).into_owned())
}

/// The key of one version of an article's text.
pub(super) fn sketch_key(id: &ArticleId, version: u32) -> Vec<u8> {
    [id.0.as_bytes(), &version.to_be_bytes()].concat()
}

/// The key of something that belongs to a site, or of a note of a kind.
pub(super) fn under(site: &str, key: &str) -> Vec<u8> {
    format!("{site}\0{key}").into_bytes()
}

/// What stands below the site or the kind in such a key.
pub(super) fn below(key: &[u8]) -> String {
    let start = key.iter().position(|byte| *byte == 0).map_or(0, |zero| zero + 1);
    String::from_utf8_lossy(&key[start..]).into_owned()
}

pub(super) fn bytes<V: Serialize>(row: &V) -> Result<Vec<u8>> {
    serde_json::to_vec(row).map_err(|e| Error::Failed(format!("chỉ mục: {e}")))
}

pub(super) fn own_form<V: DeserializeOwned>(row: Vec<u8>) -> Result<V> {
    serde_json::from_slice(&row).map_err(|e| Error::Failed(format!("chỉ mục hỏng: {e}; chạy `cchc rebuild`")))
}

/// A moment as text that sorts by time.
pub(super) fn order(at: Time) -> String {
    format!("{:020}", at.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Revision;
    use crate::time;

    #[test]
    fn an_article_comes_back_whole() {
        let at = time::parse("2026-05-01T00:00:00+07:00").unwrap();
        let later = Revision { at, title: "b".into(), sapo: String::new(), body: vec!["hai".into()], capture: None };
        let article = Article {
            title: "a".into(),
            body: vec!["một".into(), "nữa".into()],
            revisions: vec![later],
            ..Article::default()
        };
        let (row, texts) = Row::split(article.clone(), 0);
        assert!(row.article.body.is_empty() && row.article.revisions[0].body.is_empty());
        assert_eq!(row.join(&texts).unwrap(), article);
    }

    #[test]
    fn texts_are_packed() {
        let text = "Phường tiếp nhận hồ sơ tại bộ phận một cửa. ".repeat(40);
        let article = Article { body: vec![text.clone()], ..Article::default() };
        assert!(Row::split(article, 0).1.len() < text.len() / 8);
    }
}
