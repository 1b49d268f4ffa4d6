//! What is removed or rewritten after it was seen: noticed on the thinning schedule, kept with both
//! captures, told in the audit, still counted, and in the pack.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod loopback;
mod nights;

use cchc_audit::article::Article;
use cchc_audit::audit::{self, Item, Selection};
use cchc_audit::evidence::{self, Key};
use cchc_audit::owner::Owner;
use cchc_audit::time;
use cchc_audit::world;
use loopback::{Portal, article, html, links, status};
use nights::{HOST, Nights};
use std::io::Read as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Path, and what it is once it has changed.
const ITEMS: [(&str, &str); 5] = [
    ("/tin/bai-go-11.html", "404"),
    ("/tin/bai-xoa-12.html", "410"),
    ("/tin/bai-chuyen-13.html", "về trang chủ"),
    ("/tin/bai-sua-14.html", "viết lại"),
    ("/tin/bai-con-15.html", "như cũ"),
];

/// A ward's portal, its second state from the night `changed` on.
fn portal(night: Arc<AtomicUsize>, changed: usize) -> Portal {
    let home = links(&ITEMS.map(|(path, _)| path));
    let answer = move |request: &loopback::Request, stream: &mut std::net::TcpStream| {
        let item = ITEMS.iter().find(|(path, _)| *path == request.path);
        let after = night.load(Ordering::SeqCst) >= changed;
        match item {
            None if request.path == "/" => html(stream, &home),
            None => status(stream, 404, ""),
            Some((_, "404")) if after => status(stream, 404, ""),
            Some((_, "410")) if after => status(stream, 410, ""),
            Some((_, "về trang chủ")) if after => status(stream, 302, "Location: /\r\n"),
            Some((path, "viết lại")) if after => html(stream, &article(&format!("Bản khác của {path}"))),
            Some((path, _)) => html(stream, &article(&format!("Cải cách hành chính: {path}"))),
        }
    };
    Portal::serve(HOST, Arc::new(answer))
}

/// Four nights, a day, three days and a week apart; the portal changes before the third.
fn played() -> Nights {
    let night = Arc::new(AtomicUsize::new(0));
    let portal = portal(Arc::clone(&night), 2);
    Nights::read(&portal, "generic", &[0, 1, 3, 7], |n| night.store(n, Ordering::SeqCst))
}

impl Nights {
    fn articles(&self) -> Vec<(&'static str, Article)> {
        let owner = Owner::take(self.dir.path(), "test").unwrap();
        let found = |(path, what): &(&str, &'static str)| {
            let url = format!("http://{HOST}{path}");
            let id = owner.store.find(&url).unwrap().unwrap_or_else(|| panic!("{url} was not kept"));
            (*what, owner.store.article(&id).unwrap().unwrap())
        };
        ITEMS.iter().map(found).collect()
    }

    /// Notes and items of the ward's verdict on own-portal items of May.
    fn verdict(&self) -> (Vec<String>, Vec<Item>) {
        let owner = Owner::take(self.dir.path(), "test").unwrap();
        let people = world::people(&owner.state, None).unwrap();
        let world = world::assemble(&owner.view(), &self.rules, Some(&self.sites), people).unwrap();
        let selection = Selection {
            units: vec!["phuong-hai-ba-trung".parse().unwrap()],
            periods: vec!["2026-05".parse().unwrap()],
        };
        let plan = self.rules.plans.get("ha-noi-2026").unwrap();
        let as_of = "2026-06-02".parse().unwrap();
        let audit = audit::audit(plan, &self.rules.registry, &world, as_of, &selection).unwrap();
        let verdict = audit.verdicts.into_iter().find(|v| v.obligation == "a4").unwrap();
        let note = |note: &_| serde_json::to_value(note).unwrap().as_str().unwrap().to_owned();
        (verdict.notes.iter().map(note).collect(), verdict.items)
    }

    /// (status, address) of every answer in the ward's pack of May, oldest first.
    fn pack(&self, name: &Path) -> Vec<(u16, String)> {
        let output = Command::new(env!("CARGO_BIN_EXE_cchc"))
            .arg("--state")
            .arg(self.dir.path())
            .args(["evidence", "export", "--unit", "phuong-hai-ba-trung", "--period", "2026-05", "-o"])
            .arg(name)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let bytes = std::fs::read(name).unwrap();
        let key = Key::of(self.dir.path()).unwrap().public();
        let answer = evidence::verify(&bytes, Some(&key), time::parse("2100-01-01T00:00:00+07:00").unwrap()).unwrap();
        assert!(answer.is_sound(), "{answer:#?}");
        let mut index = Vec::new();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let blocks = zip.by_name("indexes/index.cdx.gz").unwrap();
        let mut text = String::new();
        flate2::read::MultiGzDecoder::new(blocks).read_to_string(&mut text).unwrap();
        for line in text.lines() {
            let mut parts = line.splitn(3, ' ').skip(1);
            let at = parts.next().unwrap().to_owned();
            let said: serde_json::Value = serde_json::from_str(parts.next().unwrap()).unwrap();
            let field = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
            index.push((at, field("status").parse().unwrap_or(0), field("url")));
        }
        index.sort();
        index.into_iter().map(|(_, status, url)| (status, url)).collect()
    }
}

#[test]
fn what_is_taken_down_or_rewritten_is_noticed_and_stays_in_evidence() {
    let played = played();
    // What it became → found gone, later texts.
    for (what, article) in played.articles() {
        let gone = matches!(what, "404" | "410" | "về trang chủ");
        assert_eq!(article.removed.is_some(), gone, "{what}");
        assert_eq!(article.revisions.len(), usize::from(what == "viết lại"), "{what}");
        assert!(article.title.starts_with("Cải cách hành chính"), "{what}: the first text stays: {}", article.title);
        let noticed = article.removed.or(article.revisions.first().map(|revision| revision.at));
        let third = time::parse("2026-05-24T22:00:00+07:00").unwrap();
        assert!(noticed.is_none_or(|at| at == third), "{what}: {noticed:?}");
    }
    // What the server says is gone for good is so at once, the others at a second look.
    let gone: Vec<u64> = played.reports.iter().map(|report| report.sites[0].1.gone).collect();
    assert_eq!(gone, [0, 0, 1, 2]);
    let (notes, items) = played.verdict();
    assert!(notes.contains(&"removed".to_owned()), "{notes:?}");
    assert_eq!(items.iter().filter(|item| item.counted).count(), ITEMS.len(), "{items:#?}");

    let mut check = Command::new(env!("CARGO_BIN_EXE_cchc"));
    let told = check.arg("--state").arg(played.dir.path()).args(["store", "check"]).output().unwrap();
    assert!(told.status.success(), "a rebuild finds the same: {}", String::from_utf8_lossy(&told.stdout));

    let captures = played.pack(&played.dir.path().join("goi.wacz"));
    let of = |path: &str| captures.iter().filter(|(_, url)| url.ends_with(path)).map(|(s, _)| *s).collect::<Vec<_>>();
    for (path, what) in ITEMS {
        let after = match what {
            "404" => 404,
            "410" => 410,
            "về trang chủ" => 302,
            _ => 200,
        };
        let seen = of(path);
        assert!(seen.starts_with(&[200]) && seen.contains(&after), "{path}: {seen:?} must hold both captures");
        assert!(what != "viết lại" || seen.iter().filter(|status| **status == 200).count() >= 2, "{path}: {seen:?}");
    }
}
