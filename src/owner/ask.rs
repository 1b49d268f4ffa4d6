//! The socket: a reader asks, the holder answers in JSON lines.
//!
//! A [`View`] reads the same whether this process holds the state or another does. The door is a
//! Unix socket with mode 0600 in the state folder, or in the runtime folder where that path would
//! be too long for a socket.

use super::lock::Lock;
use super::night::{Ask, Bell, Told};
use super::{Owner, State};
use crate::article::{Article, ArticleId};
use crate::coverage::Observation;
use crate::digest::sha256;
use crate::error::{Error, Result};
use crate::note::Kind;
use crate::store::{Entry, Store};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

/// The longest path a Unix socket may have, with room to spare.
const LONGEST: usize = 100;
/// How often a reader tries again while the holder is just starting or ending, and the pause between.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// How many articles are asked for at once: to ask for each alone takes longer than to read it.
const AT_ONCE: usize = 100;

/// The longest question, in bytes.
const LONGEST_QUESTION: u64 = 1 << 20;

/// How long a reader may take to listen on before it is left alone: a process that was stopped, as by
/// Ctrl-Z, must not keep the holder from ending its night.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a reader may ask.
#[derive(Debug, Serialize, Deserialize)]
enum Question {
    Entries,
    Articles(Vec<ArticleId>),
    Find(String),
    Observations,
    Notes(String),
    Night,
}

/// The state, for reading.
pub enum View {
    /// This process holds it, perhaps for the view alone.
    Here(State, Arc<Store>, Option<Box<Owner>>),
    /// Another does, and answers at this socket.
    There(State, PathBuf),
}

impl View {
    /// Opens a state folder for reading, whoever holds it.
    ///
    /// # Errors
    /// There is none; it belongs to a newer program; its holder does not answer.
    pub fn open(dir: &Path, name: &str) -> Result<Self> {
        let state = State::new(dir);
        if !dir.join("VERSION").exists() {
            return Err(Error::Input(format!(
                "{} chưa có gì; chạy `cchc crawl` hoặc `cchc import` trước, hoặc chỉ --state tới thư mục khác",
                dir.display()
            )));
        }
        for _ in 0..TRIES {
            if let Some(lock) = Lock::attempt(&state, name)? {
                let owner = Box::new(Owner::hold(state, lock)?);
                return Ok(Self::Here(owner.state.clone(), Arc::clone(&owner.store), Some(owner)));
            }
            let socket = socket_of(&state);
            if UnixStream::connect(&socket).is_ok() {
                return Ok(Self::There(state, socket));
            }
            std::thread::sleep(PAUSE);
        }
        Err(Lock::take(&state, name)
            .err()
            .unwrap_or_else(|| Error::Busy("trạng thái vừa được nhả; chạy lại".to_owned())))
    }

    /// The state folder.
    #[must_use]
    pub fn state(&self) -> &State {
        match self {
            Self::Here(state, ..) | Self::There(state, _) => state,
        }
    }

    /// Every article without its texts, in order of id.
    ///
    /// # Errors
    /// A damaged row, or the holder went away.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        match self {
            Self::Here(_, store, _) => store.entries().collect(),
            Self::There(_, socket) => ask(socket, &Question::Entries),
        }
    }

    /// One article with its texts.
    ///
    /// # Errors
    /// See [`View::entries`].
    pub fn article(&self, id: &ArticleId) -> Result<Option<Article>> {
        Ok(self.articles(std::slice::from_ref(id)).next().transpose()?.flatten())
    }

    /// Some articles with their texts, in the order of their ids; `None` for one that is not there.
    ///
    /// # Errors
    /// See [`View::entries`].
    pub fn articles<'v>(&'v self, ids: &'v [ArticleId]) -> impl Iterator<Item = Result<Option<Article>>> + 'v {
        ids.chunks(AT_ONCE).flat_map(|ids| match self {
            Self::Here(_, store, _) => ids.iter().map(|id| store.article(id)).collect(),
            Self::There(_, socket) => match ask(socket, &Question::Articles(ids.to_vec())) {
                Ok(articles) => articles.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            },
        })
    }

    /// The article that an id or an address names.
    ///
    /// # Errors
    /// See [`View::entries`].
    pub fn find(&self, name: &str) -> Result<Option<ArticleId>> {
        match self {
            Self::Here(_, store, _) => store.find(name),
            Self::There(_, socket) => Ok(ask(socket, &Question::Find(name.to_owned()))?.pop()),
        }
    }

    /// Every reading of every site.
    ///
    /// # Errors
    /// See [`View::entries`].
    pub fn observations(&self) -> Result<Vec<Observation>> {
        match self {
            Self::Here(_, store, _) => store.observations().collect(),
            Self::There(_, socket) => ask(socket, &Question::Observations),
        }
    }

    /// Has the holder run a night now, and waits for its end; whether every site was seen. `None`
    /// where the holder runs no nights.
    ///
    /// # Errors
    /// The night was refused or failed, or the holder went away.
    pub fn night(&self, line: &dyn Fn(&str)) -> Result<Option<bool>> {
        let Self::There(_, socket) = self else { return Ok(None) };
        let mut last = None;
        listen(socket, &Question::Night, |told| match told {
            Told::Line(text) => line(&text),
            end => last = Some(end),
        })?;
        match last {
            None => Ok(None),
            Some(Told::Over(whole)) => Ok(Some(whole)),
            Some(Told::Failed(why) | Told::Line(why)) => Err(Error::Failed(why)),
        }
    }

    /// Every note of one kind: subject and what is said.
    ///
    /// # Errors
    /// See [`View::entries`].
    pub fn notes<T: DeserializeOwned>(&self, kind: &Kind<T>) -> Result<Vec<(String, T)>> {
        match self {
            Self::Here(_, store, _) => store.notes(kind, "").collect(),
            Self::There(_, socket) => ask(socket, &Question::Notes(kind.name().to_owned())),
        }
    }
}

fn ask<T: DeserializeOwned>(socket: &Path, question: &Question) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    listen(socket, question, |row| rows.push(row))?;
    Ok(rows)
}

/// Asks, and hands on each row as it comes.
fn listen<T: DeserializeOwned>(socket: &Path, question: &Question, mut each: impl FnMut(T)) -> Result<()> {
    let gone = |e| Error::io("tiến trình giữ trạng thái không trả lời", e);
    let mut stream = UnixStream::connect(socket).map_err(gone)?;
    serde_json::to_writer(&mut stream, question).map_err(|e| gone(e.into()))?;
    stream.write_all(b"\n").map_err(gone)?;
    for line in BufReader::new(stream).lines() {
        match serde_json::from_str(&line.map_err(gone)?).map_err(|e| gone(e.into()))? {
            Answer::Row(row) => each(serde_json::from_value(row).map_err(|e| gone(e.into()))?),
            Answer::Failed(text) => return Err(Error::Failed(text)),
            Answer::End => return Ok(()),
        }
    }
    Err(gone(std::io::ErrorKind::UnexpectedEof.into()))
}

#[derive(Serialize, Deserialize)]
enum Answer {
    Row(serde_json::Value),
    Failed(String),
    End,
}

/// Where the holder of a state listens.
fn socket_of(state: &State) -> PathBuf {
    let inside = state.dir().join("socket");
    if inside.as_os_str().len() < LONGEST {
        return inside;
    }
    let whole = std::path::absolute(state.dir()).unwrap_or_else(|_| state.dir().to_owned());
    let name = format!("cchc-{}", &sha256(whole.as_os_str().as_encoded_bytes())[..16]);
    std::env::var_os("XDG_RUNTIME_DIR").map_or_else(std::env::temp_dir, PathBuf::from).join(name)
}

/// The listening side; closed when dropped.
pub(super) struct Door {
    socket: PathBuf,
    closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Door {
    /// Listens, and answers from the store until dropped.
    pub(super) fn open(state: &State, store: Arc<Store>, bell: Arc<OnceLock<Bell>>) -> Result<Self> {
        use std::os::unix::fs::PermissionsExt as _;
        let socket = socket_of(state);
        let failed = |e| Error::io(format!("không mở được {}", socket.display()), e);
        // We hold the lock, so a socket that is there belongs to nobody any more.
        if socket.exists() {
            std::fs::remove_file(&socket).map_err(failed)?;
        }
        let listener = UnixListener::bind(&socket).map_err(failed)?;
        std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
        let closing = Arc::new(AtomicBool::new(false));
        let closed = Arc::clone(&closing);
        let thread = std::thread::spawn(move || {
            let mut talks: Vec<JoinHandle<()>> = Vec::new();
            for stream in listener.incoming().take_while(|_| !closed.load(Ordering::SeqCst)).flatten() {
                let (store, bell) = (Arc::clone(&store), Arc::clone(&bell));
                talks.retain(|talk| !talk.is_finished());
                talks.push(std::thread::spawn(move || talk(&stream, &store, bell.get(), PATIENCE)));
            }
            for talk in talks {
                // A talk that panicked has nothing left to say.
                let _ = talk.join();
            }
        });
        Ok(Self { socket, closing, thread: Some(thread) })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        // Wakes the listener so that it sees the flag; where somebody took the folder away nobody can,
        // and it ends with the process.
        let awake = UnixStream::connect(&self.socket).is_ok();
        if let Some(thread) = self.thread.take().filter(|_| awake) {
            let _ = thread.join();
        }
        let _ = std::fs::remove_file(&self.socket);
    }
}

/// Answers one question; a reader that goes away is nobody's loss.
fn talk(stream: &UnixStream, store: &Store, bell: Option<&Bell>, patience: Duration) {
    let mut line = String::new();
    let limited = std::io::Read::take(stream, LONGEST_QUESTION);
    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    let _ = stream.set_write_timeout(Some(patience));
    if BufReader::new(limited).read_line(&mut line).is_err() || line.is_empty() {
        return;
    }
    let mut out = std::io::BufWriter::new(stream);
    let end = match serde_json::from_str(&line).map(|question| answer(&question, store, bell, &mut out)) {
        Ok(Ok(())) => Answer::End,
        Ok(Err(error)) => Answer::Failed(error.to_string()),
        Err(_) => Answer::Failed("câu hỏi không hiểu được; hai chương trình khác phiên bản?".to_owned()),
    };
    let _ = send(&mut out, &end).and_then(|()| out.flush().map_err(|e| Error::io("socket", e)));
}

fn answer(question: &Question, store: &Store, bell: Option<&Bell>, out: &mut impl Write) -> Result<()> {
    match question {
        Question::Entries => store.entries().try_for_each(|row| send_row(out, &row?)),
        Question::Articles(ids) => ids.iter().try_for_each(|id| send_row(out, &store.article(id)?)),
        Question::Find(name) => store.find(name)?.iter().try_for_each(|row| send_row(out, row)),
        Question::Observations => store.observations().try_for_each(|row| send_row(out, &row?)),
        Question::Notes(kind) => store.notes(&Kind::named(kind.clone()), "").try_for_each(|row| send_row(out, &row?)),
        Question::Night => bell.map_or(Ok(()), |bell| night(bell, out)),
    }
}

/// Rings for a night and hands on what is told of it, line by line.
fn night(bell: &Bell, out: &mut impl Write) -> Result<()> {
    let (reply, told) = mpsc::channel();
    bell(Ask::new(reply));
    for told in told {
        send_row(out, &told)?;
        out.flush().map_err(|e| Error::io("socket", e))?;
    }
    Ok(())
}

fn send_row(out: &mut impl Write, row: &impl Serialize) -> Result<()> {
    let row = serde_json::to_value(row).map_err(|e| Error::Failed(e.to_string()))?;
    send(out, &Answer::Row(row))
}

fn send(out: &mut impl Write, answer: &Answer) -> Result<()> {
    serde_json::to_writer(&mut *out, answer).map_err(|e| Error::io("socket", e.into()))?;
    out.write_all(b"\n").map_err(|e| Error::io("socket", e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_answered_and_a_second_writer_refused() {
        let root = tempfile::tempdir().unwrap();
        let owner = Owner::take(root.path(), "cchc crawl").unwrap();
        let article =
            Article { id: ArticleId("a".into()), title: "Tin".into(), url: "https://x/1".into(), ..Article::default() };
        owner.store.put(&article).unwrap();
        let refused = Owner::take(root.path(), "cchc nightly").err().unwrap().to_string();
        assert!(refused.contains("`cchc crawl` (tiến trình"), "{refused}");

        let view = View::open(root.path(), "cchc articles").unwrap();
        assert!(matches!(view, View::There(..)));
        assert_eq!(view.find("https://x/1").unwrap(), Some(article.id.clone()));
        assert_eq!(view.article(&article.id).unwrap().as_ref(), Some(&article));
        let ids: Vec<ArticleId> =
            (0..=AT_ONCE).map(|n| ArticleId(if n == AT_ONCE { "a".into() } else { n.to_string() })).collect();
        let articles: Vec<_> = view.articles(&ids).map(Result::unwrap).collect();
        assert_eq!((articles.len(), articles.last()), (ids.len(), Some(&Some(article))));
        assert_eq!(view.entries().unwrap().len(), 1);
        assert!(view.observations().unwrap().is_empty());

        drop(owner);
        let view = View::open(root.path(), "cchc articles").unwrap();
        assert!(matches!(&view, View::Here(..)));
        assert_eq!(view.entries().unwrap().len(), 1);
    }

    #[test]
    fn a_reader_that_stopped_listening_is_left_alone() {
        let store = Store::temporary().unwrap();
        for n in 0..5 {
            let title = "tin ".repeat(100_000);
            store.put(&Article { id: ArticleId(n.to_string()), title, ..Article::default() }).unwrap();
        }
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(b"\"Entries\"\n").unwrap();
        talk(&ours, &store, None, Duration::from_millis(50));
    }

    #[test]
    fn a_state_that_is_not_there_or_too_new_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let error = View::open(root.path(), "x").err().unwrap();
        assert_eq!(error.exit_code(), 2);
        std::fs::write(root.path().join("VERSION"), "99\n").unwrap();
        let error = Owner::take(root.path(), "x").err().unwrap().to_string();
        assert!(error.contains("mới hơn"), "{error}");
    }

    #[test]
    fn a_long_path_gets_its_socket_elsewhere() {
        let long = State::new(Path::new(&"x".repeat(200)));
        assert!(socket_of(&long).as_os_str().len() < LONGEST);
        assert_ne!(socket_of(&long), socket_of(&State::new(Path::new(&"y".repeat(200)))));
    }
}
