//! Progress: one moving line on a terminal, plain lines in a pipe, none of it on standard output.

use crate::crawl::desk::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::Mutex;

/// Tells how far a stage of work is: its name, how much is done, of how much.
pub(super) fn stage() -> impl Fn(&str, usize, usize) + Sync {
    let shown: Mutex<Option<(String, ProgressBar)>> = Mutex::new(None);
    let terminal = std::io::stderr().is_terminal();
    move |stage: &str, done: usize, of: usize| {
        let mut shown = shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if shown.as_ref().is_none_or(|(name, _)| name != stage) {
            *shown = Some((stage.to_owned(), bar(stage, of, terminal)));
        }
        if let Some((_, bar)) = &*shown {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
        if !terminal && done == of && of > 0 {
            eprintln!("{stage}: {done}");
        }
    }
}

/// Shows requests as they are answered; on a terminal only, since the end of a run tells all sites.
pub(super) fn requests() -> impl Fn(&Progress<'_>) + Sync {
    let terminal = std::io::stderr().is_terminal();
    let bar = if terminal { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    move |progress: &Progress<'_>| match progress {
        Progress::Request { site, url, waiting, .. } => {
            bar.inc(1);
            bar.set_message(format!("{} yêu cầu · {site}: {url} (còn {waiting})", bar.position()));
        }
        Progress::Done(seen) => bar.println(format!("xong {}", seen.site)),
    }
}

/// A bar of `of` steps; hidden where nobody watches.
pub(super) fn bar(name: &str, of: usize, terminal: bool) -> ProgressBar {
    let bar = if terminal { ProgressBar::new(of as u64) } else { ProgressBar::hidden() };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(name.to_owned());
    bar
}
