//! Walks a WARC file from its beginning, group by group, and past damage.

use super::parse::{self, Companion, Part};
use super::{Capture, Record, gzip};
use crate::time::Time;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// A group of records and its place.
pub(super) struct Group {
    pub(super) offset: u64,
    /// Length of its first member.
    pub(super) first: u64,
    /// Length of all of it.
    pub(super) length: u64,
    pub(super) content: Content,
}

/// What a group holds.
pub(super) enum Content {
    /// A record, the digest of its payload or block, and whether all that belongs to it is there.
    Record { record: Record, digest: String, whole: bool },
    /// A certificate.
    Certificate { fingerprint: String, at: Option<Time> },
    /// Anything else.
    Other,
}

/// A stretch of a file that holds no readable record.
#[derive(Debug)]
pub(super) struct Damage {
    pub(super) offset: u64,
    /// Where reading can go on; `None`: nothing readable follows.
    pub(super) until: Option<u64>,
    pub(super) why: String,
}

/// An iterator over the groups of one file.
pub(super) struct Scan {
    input: BufReader<File>,
    offset: u64,
    /// A record read to see whether it belongs to the group before it; it did not.
    ahead: Option<Step>,
    ended: bool,
}

struct Step {
    offset: u64,
    length: u64,
    part: Part,
}

impl Scan {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Self::from(path, 0)
    }

    /// Starts at a record's place.
    pub(super) fn from(path: &Path, offset: u64) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(1 << 16, File::open(path)?);
        input.seek(SeekFrom::Start(offset))?;
        Ok(Self { input, offset, ahead: None, ended: false })
    }

    fn step(&mut self) -> Result<Option<Step>, Damage> {
        if let Some(step) = self.ahead.take() {
            return Ok(Some(step));
        }
        let offset = self.offset;
        let read = gzip::next(&mut self.input).map_err(|error| error.to_string());
        let read = read.and_then(|member| {
            member.map(|m| Ok((m.length, parse::part(&m.text).map_err(str::to_owned)?))).transpose()
        });
        match read {
            Ok(None) => Ok(None),
            Ok(Some((length, part))) => {
                self.offset += length;
                Ok(Some(Step { offset, length, part }))
            }
            Err(why) => {
                let until = self.resume(offset + 1);
                Err(Damage { offset, until, why })
            }
        }
    }

    /// Finds the next readable record and goes there.
    fn resume(&mut self, from: u64) -> Option<u64> {
        let mut candidate = from;
        while let Some(at) = self.magic(candidate).ok().flatten() {
            self.input.seek(SeekFrom::Start(at)).ok()?;
            let readable = matches!(gzip::next(&mut self.input), Ok(Some(m)) if parse::part(&m.text).is_ok());
            if readable {
                self.input.seek(SeekFrom::Start(at)).ok()?;
                self.offset = at;
                return Some(at);
            }
            candidate = at + 1;
        }
        self.ended = true;
        None
    }

    /// The next place where a gzip member may begin.
    fn magic(&mut self, from: u64) -> io::Result<Option<u64>> {
        const MAGIC: &[u8] = &[0x1f, 0x8b, 8];
        let (mut at, mut window) = (from, vec![0; 1 << 16]);
        loop {
            self.input.seek(SeekFrom::Start(at))?;
            let mut filled = 0;
            while filled < window.len() {
                match self.input.read(&mut window[filled..])? {
                    0 => break,
                    n => filled += n,
                }
            }
            if let Some(found) = super::warc::find(&window[..filled], MAGIC) {
                return Ok(Some(at + found as u64));
            }
            if filled < window.len() {
                return Ok(None);
            }
            at += (filled - MAGIC.len() + 1) as u64;
        }
    }

    /// Joins the companions that follow a capture.
    fn group(&mut self, step: Step) -> Group {
        let Step { offset, length: first, part } = step;
        let mut length = first;
        let whole = |record, digest| Content::Record { record, digest, whole: true };
        let content = match part {
            Part::Capture { mut capture, id, digest } => {
                let mut whole = false;
                while !whole && let Some(companion) = self.companion(&id, &mut length) {
                    whole = companion.is_last();
                    companion.join(&mut capture);
                }
                Content::Record { record: Record::Capture(capture), digest, whole }
            }
            Part::Attempt(attempt, digest) => whole(Record::Attempt(attempt), digest),
            Part::Note(note, digest) => whole(Record::Note(note), digest),
            Part::Certificate { fingerprint, at } => Content::Certificate { fingerprint, at },
            Part::Companion(_) | Part::Other => Content::Other,
        };
        Group { offset, first, length, content }
    }

    fn companion(&mut self, id: &str, length: &mut u64) -> Option<Companion> {
        // A damaged companion is found again, and told of, when the walk comes to it.
        let at = self.offset;
        let Ok(step) = self.step() else {
            self.ended = false;
            self.offset = at;
            self.input.seek(SeekFrom::Start(at)).ok()?;
            return None;
        };
        match step? {
            Step { part: Part::Companion(companion), length: own, .. } if companion.of(id) => {
                *length += own;
                Some(companion)
            }
            other => {
                self.ahead = Some(other);
                None
            }
        }
    }
}

impl Iterator for Scan {
    type Item = Result<Group, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        self.step().transpose().map(|step| step.map(|step| self.group(step)))
    }
}

/// The capture of a group, where it holds one.
pub(super) fn capture(group: Group) -> Option<(Capture, String)> {
    match group.content {
        Content::Record { record: Record::Capture(capture), digest, .. } => Some((*capture, digest)),
        _ => None,
    }
}
