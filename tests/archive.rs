//! The archive as its users see it: what goes in comes out, and no crash takes more than the
//! record it interrupted.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use cchc_audit::archive::{Archive, Attempt, Capture, Note, Options, Profile, Record, Tls, Truncation, Writer};
use cchc_audit::coverage::Cause;
use cchc_audit::time;
use std::fs;
use std::path::Path;
use std::time::Duration;

fn capture(path: &str, body: &str, minute: u32) -> Capture {
    Capture {
        url: format!("https://haibatrung.hanoi.gov.vn/{path}"),
        method: "GET".to_owned(),
        request_headers: vec![("user-agent".to_owned(), "cchc-audit/0.1.0 (+mailto:a@b.vn)".to_owned())],
        request_body: Vec::new(),
        version: "HTTP/1.1".to_owned(),
        status: 200,
        reason: "OK".to_owned(),
        headers: vec![
            ("content-type".to_owned(), b"text/html; charset=utf-8".to_vec()),
            ("x-odd".to_owned(), vec![0xff, b'a']),
            ("transfer-encoding".to_owned(), b"chunked".to_vec()),
        ],
        body: body.as_bytes().to_vec(),
        at: time::parse(&format!("2026-05-01T22:{minute:02}:00.123+07:00")).unwrap(),
        elapsed: Duration::from_millis(84),
        remote: Some("127.0.0.2:8081".parse().unwrap()),
        tls: Some(Tls { certificate: Vec::new(), ..Tls::verified(b"der".to_vec()) }),
        truncated: None,
        notes: vec![("site".to_owned(), "hai-ba-trung".to_owned())],
        unchanged: None,
    }
}

/// With the headers a reader gets back: `host` is added where the caller gave none.
fn as_read(mut capture: Capture) -> Capture {
    capture.request_headers.insert(0, ("host".to_owned(), "haibatrung.hanoi.gov.vn".to_owned()));
    capture
}

fn writer(dir: &Path) -> Writer {
    Writer::open(dir, Options::default()).unwrap()
}

fn records(dir: &Path) -> Vec<Record> {
    Archive::new(dir).entries().unwrap().map(|entry| entry.unwrap().record).collect()
}

fn only_file(dir: &Path) -> std::path::PathBuf {
    dir.join(&Archive::new(dir).files().unwrap()[0])
}

#[test]
fn what_goes_in_comes_out() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(dir.path());
    let mut first = capture("tin/1.html", "<p>xin chào</p>", 0);
    first.tls = Some(Tls::verified(b"der".to_vec()));
    let cut = Capture {
        truncated: Some(Truncation::Time),
        method: "POST".to_owned(),
        request_body: b"p=2".to_vec(),
        ..capture("tin/2.html", "", 1)
    };
    let attempt = Attempt {
        url: "https://a.vn/".to_owned(),
        method: "GET".to_owned(),
        at: time::parse("2026-05-01T22:02:00+07:00").unwrap(),
        elapsed: Duration::from_secs(10),
        remote: None,
        cause: Cause::Timeout,
        detail: "quá 10 giây".to_owned(),
        notes: vec![("site".to_owned(), "a".to_owned())],
    };
    let note = Note {
        kind: "observation".to_owned(),
        about: "hai-ba-trung".to_owned(),
        at: time::parse("2026-05-01T22:03:00+07:00").unwrap(),
        data: serde_json::json!({"since": null}),
    };
    let places = [writer.write(&first, None).unwrap(), writer.write(&cut, None).unwrap()];
    writer.attempt(&attempt).unwrap();
    writer.note(&note).unwrap();

    let archive = Archive::new(dir.path());
    let first = as_read(Capture { tls: Some(Tls { certificate: Vec::new(), ..first.tls.clone().unwrap() }), ..first });
    // Readable while the file is open, and the same when it is closed.
    for _ in 0..2 {
        assert_eq!(archive.read(&places[0]).unwrap(), first);
        assert_eq!(archive.read(&places[1]).unwrap(), as_read(cut.clone()));
        let expected = [
            Record::Capture(Box::new(first.clone())),
            Record::Capture(Box::new(as_read(cut.clone()))),
            Record::Attempt(attempt.clone()),
            Record::Note(note.clone()),
        ];
        assert_eq!(records(dir.path()), expected);
        writer.close().unwrap();
    }
    let fingerprint = &first.tls.as_ref().unwrap().fingerprint;
    let certificate = archive.certificate(&places[0].file, fingerprint).unwrap().unwrap();
    assert_eq!(certificate.digest, *fingerprint);
    assert_eq!(archive.captures_of("http://www.haibatrung.hanoi.gov.vn/TIN/1.html").unwrap().len(), 1);
}

#[test]
fn an_unchanged_page_is_kept_without_its_body() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(dir.path());
    let first = writer.write(&capture("", "như cũ", 0), None).unwrap();
    let not_modified = Capture { status: 304, ..capture("", "", 1) };
    for (later, profile) in [(not_modified, Profile::NotModified), (capture("", "như cũ", 2), Profile::SamePayload)] {
        let place = writer.write(&later, Some(&first)).unwrap();
        assert_eq!(place.digest, first.digest);
        let read = Archive::new(dir.path()).read(&place).unwrap();
        let unchanged = read.unchanged.unwrap();
        assert_eq!((unchanged.profile, unchanged.since, &unchanged.digest), (profile, first.at, &first.digest));
        assert!(read.body.is_empty());
    }
    let changed = writer.write(&capture("", "đã khác", 3), Some(&first)).unwrap();
    assert_ne!(changed.digest, first.digest);
    assert_eq!(Archive::new(dir.path()).read(&changed).unwrap().unchanged, None);
}

#[test]
fn the_same_night_gives_the_same_bytes() {
    let night = |dir: &Path| {
        let writer = writer(dir);
        (0..20).for_each(|n| drop(writer.write(&capture(&format!("{n}"), "x", n), None).unwrap()));
        writer.close().unwrap();
        let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        files.iter().map(|f| (f.file_name().unwrap().to_owned(), fs::read(f).unwrap())).collect::<Vec<_>>()
    };
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let nights = dirs.each_ref().map(|dir| night(dir.path()));
    assert_eq!(nights[0], nights[1]);
    assert_eq!(nights[0].len(), 3);
}

#[test]
fn a_full_file_and_a_new_night_begin_another() {
    let dir = tempfile::tempdir().unwrap();
    let writer = Writer::open(dir.path(), Options { max_file: 1, ..Options::default() }).unwrap();
    writer.write(&capture("1", "x", 0), None).unwrap();
    writer.write(&capture("2", "x", 1), None).unwrap();
    drop(writer);
    let writer = self::writer(dir.path());
    let at = |text: &str| time::parse(text).unwrap();
    for moment in ["2026-05-01T23:00:00+07:00", "2026-05-02T04:00:00+07:00", "2026-05-02T22:00:00+07:00"] {
        writer.write(&Capture { at: at(moment), ..capture("3", "x", 0) }, None).unwrap();
    }
    let names = ["cchc-000001-20260501", "cchc-000002-20260501", "cchc-000003-20260501", "cchc-000004-20260502"];
    assert_eq!(Archive::new(dir.path()).files().unwrap(), names.map(|name| format!("{name}.warc.gz")));
}

#[test]
fn a_torn_end_costs_one_capture_at_most() {
    let whole = tempfile::tempdir().unwrap();
    let writer = writer(whole.path());
    let places: Vec<_> = (0..3).map(|n| writer.write(&capture(&format!("{n}"), "x", n), None).unwrap()).collect();
    let file = only_file(whole.path());
    let bytes = fs::read(&file).unwrap();
    // Each place is synced to the disk, so not every byte is tried; the step meets all kinds of places.
    let ends = places.iter().flat_map(|p| [p.offset as usize - 1, p.offset as usize, (p.offset + p.length) as usize]);
    for cut in (0..bytes.len()).step_by(97).chain(ends) {
        let dir = tempfile::tempdir().unwrap();
        let torn = dir.path().join(file.file_name().unwrap());
        fs::write(&torn, &bytes[..cut]).unwrap();
        let before = records(dir.path()).len();
        let writer = self::writer(dir.path());
        let left = records(dir.path());
        let ends = places.iter().skip(1).map(|p| p.offset).chain([bytes.len() as u64]);
        assert_eq!(left.len(), ends.filter(|end| *end <= cut as u64).count(), "cut at {cut}");
        assert_eq!(before, left.len(), "a reader of the torn file sees what the repair leaves, cut at {cut}");
        assert!(fs::read(&torn).map_or(true, |left| bytes.starts_with(&left)));
        // And the next record goes on behind it.
        writer.write(&capture("next", "x", 9), None).unwrap();
        assert_eq!(records(dir.path()).len(), left.len() + 1);
    }
}

#[test]
fn damage_in_the_middle_is_told_and_what_follows_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(dir.path());
    let places: Vec<_> = (0..4).map(|n| writer.write(&capture(&format!("{n}"), "x", n), None).unwrap()).collect();
    let file = only_file(dir.path());
    let mut bytes = fs::read(&file).unwrap();
    drop(writer);
    bytes[places[1].offset as usize + 40] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let archive = Archive::new(dir.path());
    let faults = archive.rehash(&places[0].file).unwrap();
    assert_eq!(faults, [format!("{}: bản ghi tại byte {} đã bị thay đổi", places[1].file, places[1].offset)]);
    let (good, bad): (Vec<_>, Vec<_>) = archive.entries().unwrap().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (3, 1));
    assert!(archive.read(&places[1]).is_err());
    assert!(archive.bytes(&places[1].file, &[places[1].offset].into()).is_err());
    assert!(archive.read(&places[2]).is_ok());

    // The same in a file that a crash left open: nothing is cut.
    for listed in ["leaves.gz", "cdxj"] {
        fs::remove_file(file.to_string_lossy().replace("warc.gz", listed)).unwrap();
    }
    let writer = self::writer(dir.path());
    assert_eq!(writer.repairs().len(), 1, "{:?}", writer.repairs());
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("archive");
    fs::write(&file, "").unwrap();
    let error = Writer::open(&file, Options::default()).unwrap_err().to_string();
    assert!(error.starts_with("không tạo được thư mục") && error.contains("archive"), "{error}");
}

#[test]
fn a_name_cannot_lead_out_of_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let mut place = writer(dir.path()).write(&capture("", "x", 0), None).unwrap();
    place.file = format!("../{}", place.file);
    assert!(Archive::new(dir.path()).read(&place).unwrap_err().to_string().contains("không hợp lệ"));
}

#[test]
fn a_revisit_is_shown_with_the_body_of_what_it_revisits() {
    let dir = tempfile::tempdir().unwrap();
    let first = writer(dir.path());
    let place = first.write(&capture("tin/1.html", "<p>xin chào</p>", 0), None).unwrap();
    first.close().unwrap();
    let second = writer(dir.path());
    let again = second.write(&capture("tin/1.html", "<p>xin chào</p>", 5), Some(&place)).unwrap();
    second.close().unwrap();
    let archive = Archive::new(dir.path());
    assert!(archive.read(&again).unwrap().body.is_empty());
    let whole = archive.whole(&again).unwrap();
    assert_eq!((whole.body.as_slice(), whole.at), ("<p>xin chào</p>".as_bytes(), again.at));
    assert_eq!(whole.unchanged.unwrap().since, place.at);
    assert_eq!(archive.whole(&place).unwrap(), archive.read(&place).unwrap());
    fs::remove_file(dir.path().join(&place.file)).unwrap();
    assert!(archive.whole(&again).is_err());
}
