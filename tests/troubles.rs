//! What can happen to the machine in a night, through the real program: a clear message, nothing
//! damaged, and the next run goes on.

mod loopback;

use cchc_audit::archive::Archive;
use cchc_audit::coverage::{Observation, Via};
use cchc_audit::owner::Owner;
use cchc_audit::time;
use loopback::{Portal, article, html, links, status};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

const ARTICLES: usize = 30;

/// A portal whose pages are heavy by what is no text, and do not compress.
fn portal() -> Portal {
    let mut dice = 88_172_645_463_325_252_u64;
    let mut noise = || {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice
    };
    let noise: String = (0..8_000).map(|_| format!("{:016x}", noise())).collect();
    Portal::serve(
        "phuong.vn",
        Arc::new(move |request, stream| {
            let number = request.path.trim_start_matches("/tin/bai-viet-").trim_end_matches(".html").parse::<usize>();
            match (request.path.as_str(), number) {
                ("/", _) => {
                    let paths: Vec<String> = (0..ARTICLES).map(|n| format!("/tin/bai-viet-{n}.html")).collect();
                    html(stream, &links(&paths.iter().map(String::as_str).collect::<Vec<_>>()))
                }
                (_, Ok(n)) => html(stream, &format!("{}<!-- {n} {noise} -->", article(&format!("Bài {n}")))),
                _ => status(stream, 404, ""),
            }
        }),
    )
}

fn config(folder: &Path, portal: &Portal) -> PathBuf {
    let path = folder.join("sites.toml");
    let (host, address) = (&portal.host, portal.address);
    let text = format!(
        "[crawler]\ncontact = \"mailto:thu@example.org\"\ndelay = \"0s\"\nallow_private = true\nresolve = {{ \"{host}\" = \"{address}\" }}\n\
         [[site]]\nid = \"phuong\"\nhost = \"{host}\"\nchannel = \"other\"\nseeds = [\"http://{host}/\"]\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

fn cchc(folder: &Path, state: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cchc"));
    command.current_dir(folder).arg("--state").arg(state).arg("--config").arg(folder.join("sites.toml")).args(words);
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// How many articles the state holds; everything in its archive can be read.
fn articles(folder: &Path, state: &Path) -> usize {
    for entry in Archive::new(state.join("archive")).entries().unwrap() {
        entry.unwrap();
    }
    let output = cchc(folder, state, &["articles"]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    output.stdout.iter().filter(|byte| **byte == b'\n').count()
}

/// A file that may not grow answers as a full disk does.
#[test]
fn a_full_disk_ends_the_run_and_loses_nothing() {
    let (root, portal) = (tempfile::tempdir().unwrap(), portal());
    let (folder, state) = (root.path(), root.path().join("state"));
    config(folder, &portal);
    let crawl = cchc(folder, &state, &["crawl"]);
    let mut limited = Command::new("bash");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 1500; exec \"$0\" \"$@\""])
        .arg(crawl.get_program())
        .args(crawl.get_args());
    let output = limited.current_dir(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        said(&output).contains("không ghi được tệp lưu trữ") && said(&output).contains("đĩa đầy"),
        "{}",
        said(&output)
    );
    let before = articles(folder, &state);
    assert!(before < ARTICLES, "{before}");
    let output = cchc(folder, &state, &["crawl"]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(articles(folder, &state), ARTICLES);
    assert!(cchc(folder, &state, &["store", "check"]).output().unwrap().status.success());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let (root, portal) = (tempfile::tempdir().unwrap(), portal());
    config(root.path(), &portal);
    std::fs::write(root.path().join("tep"), "").unwrap();
    std::fs::create_dir(root.path().join("state")).unwrap();
    std::fs::write(root.path().join("state/archive"), "").unwrap();
    // A file stands where the state, or its archive, should be; permissions would not stop root.
    for (state, named) in [("tep/state", "tep/state"), ("state", "state/archive")] {
        let output = cchc(root.path(), &root.path().join(state), &["crawl"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains(named) && !said(&output).contains("panicked"), "{}", said(&output));
    }
    assert!(portal.paths().is_empty(), "nobody is asked for what cannot be kept");
}

#[test]
fn a_second_run_is_refused_by_the_name_of_the_first() {
    let released = Arc::new(AtomicBool::new(false));
    let (arrived, asked) = mpsc::sync_channel(1);
    let gate = released.clone();
    let portal = Portal::serve(
        "phuong.vn",
        Arc::new(move |request, stream| {
            let _ = arrived.try_send(());
            while !gate.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            let is_home = request.path == "/";
            html(stream, &if is_home { links(&["/tin/bai-mot.html"]) } else { article("Bài một") })
        }),
    );
    let root = tempfile::tempdir().unwrap();
    let (folder, state) = (root.path(), root.path().join("state"));
    config(folder, &portal);
    let mut first = cchc(folder, &state, &["crawl"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    asked.recv().unwrap();
    let second = cchc(folder, &state, &["crawl"]).output().unwrap();
    released.store(true, Ordering::SeqCst);
    let holder = format!("`cchc crawl` (tiến trình {})", first.id());
    assert_eq!(second.status.code(), Some(1));
    assert!(said(&second).contains(&holder), "{}", said(&second));
    assert!(first.wait().unwrap().success());
    assert!(cchc(folder, &state, &["store", "check"]).output().unwrap().status.success());
}

#[test]
fn a_clock_that_was_set_back_is_refused_before_anything_is_written() {
    let (root, portal) = (tempfile::tempdir().unwrap(), portal());
    let (folder, state) = (root.path(), root.path().join("state"));
    config(folder, &portal);
    // As if the last night had been read by a clock that has been put right since.
    let reading = Observation {
        site: "phuong".to_owned(),
        at: time::parse("2099-01-01T02:00:00+07:00").unwrap(),
        since: None,
        via: Via::Nothing,
        cause: None,
        doubt: None,
        detail: String::new(),
    };
    Owner::take(&state, "cchc crawl").unwrap().store.observe(&reading).unwrap();
    let output = cchc(folder, &state, &["crawl"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("sớm hơn lượt đọc trước (02:00 01/01/2099)"), "{}", said(&output));
    assert!(portal.paths().is_empty() && Archive::new(state.join("archive")).files().unwrap().is_empty());
}
