//! The page in a real browser: axe-core on every kind of page, and visitors' journeys, over the demo.

use cchc_audit::crawl::Stop;
use cchc_audit::data::Data;
use cchc_audit::demo::{Played, Watching, play};
use cchc_audit::record::{Password, Record, Role};
use cchc_audit::rules::Rules;
use cchc_audit::serve::{self, Serving};
use std::process::Command;
use std::sync::Arc;

fn played(state: &std::path::Path) -> Played {
    let watching = Watching { requests: &|_| (), stages: &|_, _, _| (), night: &|_, _| (), stop: Stop::new() };
    play(state, Rules::parse(Data::built_in()).unwrap(), &watching).unwrap()
}

/// `CCHC_AXE` names axe.min.js; `CCHC_SHOTS`, where it is set, a folder for screenshots.
#[test]
#[ignore = "needs chromium and axe-core"]
fn every_page_is_usable_by_all_and_journeys_reach_their_end() {
    let state = tempfile::tempdir().unwrap();
    let played = played(state.path());
    let (now, data) = (played.clock.clock(), played.rules.data);
    let serving = Arc::new(Serving {
        owner: Arc::new(played.owner),
        data: Arc::new(move || Ok(data.clone())),
        now: Arc::new(move || now()),
        demo: true,
        proxies: Vec::new(),
    });
    let words = "mưa rơi tháng sáu";
    let users = Record::new(state.path()).users().clone();
    users.add("lan", Role::Admin, &Password::chosen(words, "lan").unwrap()).unwrap();
    let app = Arc::new(serving.app().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let stop = Stop::new();
    let server = runtime.spawn(serve::run(serving, app, None, listener, stop.clone()));
    let axe = std::env::var("CCHC_AXE").expect("CCHC_AXE names axe.min.js; .ci/run fetches it");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser.py");
    let mut command = Command::new("python3");
    command.args([script, &format!("http://{address}"), &axe]).args(std::env::var_os("CCHC_SHOTS"));
    command.env("CCHC_NAME", "lan").env("CCHC_WORDS", words);
    let told = command.output().unwrap();
    stop.stop();
    runtime.block_on(server).unwrap().unwrap();
    assert!(
        told.status.success(),
        "{}{}",
        String::from_utf8_lossy(&told.stdout),
        String::from_utf8_lossy(&told.stderr)
    );
}
