//! Requests for a review of an item, from people without an account, and what became of them.
//!
//! The journal says which item, when, and how it was answered. What was written, the contact and
//! the file are personal data: they stand in `files/` under salted hashes, so that each can be
//! erased ([`Record::erase`]) and the chain stays whole.

use super::views::{decided, need_reason, unreadable};
use super::{Entry, Hand, Record, kind};
use crate::article::ArticleId;
use crate::decision::Ruling;
use crate::error::{Error, Result};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Who asks without an account; no account can bear this name.
pub const VISITOR: &str = "khách";

/// Where a contest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It came in.
    Received,
    /// An inspector looks at it.
    Reviewing,
    /// It was right: there is a decision.
    Accepted,
    /// It was not.
    Refused,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Received, Self::Reviewing, Self::Accepted, Self::Refused];

    /// The word in forms and in the journal.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Reviewing => "reviewing",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }

    /// The words people read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "tiếp nhận",
            Self::Reviewing => "đang xem",
            Self::Accepted => "chấp nhận",
            Self::Refused => "không chấp nhận",
        }
    }
}

/// What somebody asks, as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// In their words.
    pub text: &'a str,
    /// How to reach them; empty where they do not say.
    pub contact: &'a str,
    /// A file, with its name.
    pub file: Option<(&'a str, &'a [u8])>,
}

/// A request for a review, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Contest {
    /// Its number in the journal.
    pub seq: u64,
    /// When it came.
    pub at: Time,
    /// [`VISITOR`], or the account that was signed in.
    pub by: String,
    /// The item.
    pub item: ArticleId,
    /// Where its words stand.
    pub text: String,
    /// Where the contact stands.
    pub contact: Option<String>,
    /// Where its file stands, and its name.
    pub file: Option<String>,
    /// What was done about it, in order.
    pub steps: Vec<Step>,
}

/// One step in answering a contest.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When.
    pub at: Time,
    /// By whom.
    pub by: String,
    /// Where it stands from then on.
    pub stage: Stage,
    /// Why; empty where none is needed.
    pub reason: String,
    /// The decision that followed, by its number.
    pub decision: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Said {
    item: ArticleId,
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Answered {
    contest: u64,
    stage: Stage,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decision: Option<u64>,
}

impl Contest {
    /// Where it stands now.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.steps.last().map_or(Stage::Received, |step| step.stage)
    }

    /// The hashes of what can be erased.
    pub fn files(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.text).chain(&self.contact).chain(&self.file)
    }
}

impl Record {
    /// Takes a request in.
    ///
    /// # Errors
    /// It says nothing, or the disk refuses.
    pub fn contest(&self, hand: &Hand, item: &ArticleId, request: &Request<'_>) -> Result<Entry> {
        if request.text.trim().is_empty() {
            return Err(Error::Input("đề nghị cần nội dung: vì sao kết luận chưa đúng".to_owned()));
        }
        let keep = |bytes: &[u8]| self.files().keep_private(bytes);
        // The name goes before the content: it may name a person too.
        let named = |(name, bytes): (&str, &[u8])| keep(&[name.as_bytes(), b"\n", bytes].concat());
        let said = Said {
            item: item.clone(),
            text: keep(request.text.trim().as_bytes())?,
            contact: Some(request.contact.trim()).filter(|c| !c.is_empty()).map(|c| keep(c.as_bytes())).transpose()?,
            file: request.file.map(named).transpose()?,
        };
        self.append(hand, kind::CONTEST, json!(said))
    }

    /// Every request with its answers, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read, or an entry is not what its kind says.
    pub fn contests(&self) -> Result<Vec<Contest>> {
        all(&self.journal().entries()?)
    }

    /// One request by its number.
    ///
    /// # Errors
    /// There is none, or as [`Record::contests`].
    pub fn contest_of(&self, seq: u64) -> Result<Contest> {
        one(&self.journal().entries()?, seq)
    }

    /// Brings a request to another stage. Accepting takes a ruling, which becomes a decision like any
    /// other; refusing takes a reason; nobody answers what they asked themselves.
    ///
    /// # Errors
    /// As said, or the disk refuses.
    pub fn answer(&self, hand: &Hand, seq: u64, stage: Stage, ruling: Option<&Ruling>, reason: &str) -> Result<Entry> {
        let follows = |entries: &[Entry], number: u64| {
            let contest = one(entries, seq)?;
            if contest.by == hand.by {
                return Err(Error::Input(format!("đề nghị số {seq} do chính bạn gửi; để người kiểm tra khác trả lời")));
            }
            if contest.stage() == stage || stage == Stage::Received {
                return Err(Error::Input(format!("đề nghị số {seq} đang ở bước «{}»", contest.stage().name())));
            }
            let reason = if stage == Stage::Reviewing { reason.trim() } else { need_reason(reason)? };
            let ruling = match (stage, ruling) {
                (Stage::Accepted, None) => {
                    return Err(Error::Input("chấp nhận thì phải nói quyết định lại điều gì".to_owned()));
                }
                (Stage::Accepted, ruling) => ruling,
                _ => None,
            };
            let mut new = Vec::new();
            if let Some(ruling) = ruling {
                new.push((kind::DECISION, decided(&contest.item, ruling, reason)));
            }
            let decision = ruling.map(|_| number);
            let step = Answered { contest: seq, stage, reason: reason.to_owned(), decision };
            new.push((kind::CONTEST_STEP, json!(step)));
            Ok(new)
        };
        let mut new = self.journal().append_checked(hand, follows)?;
        Ok(new.pop().expect("an answer is at least its step"))
    }

    /// What [`Record::contest`] was given under a hash; `None` once it was erased.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn said(&self, hash: &str) -> Result<Option<Vec<u8>>> {
        if self.files().has(hash) { self.files().read_private(hash).map(Some) } else { Ok(None) }
    }
}

/// Every request that a journal tells of, with its answers.
fn all(entries: &[Entry]) -> Result<Vec<Contest>> {
    let mut contests: Vec<Contest> = Vec::new();
    for entry in entries {
        match entry.kind.as_str() {
            kind::CONTEST => contests.push(received(entry)?),
            kind::CONTEST_STEP => {
                let answered: Answered = read(entry)?;
                if let Some(contest) = contests.iter_mut().find(|contest| contest.seq == answered.contest) {
                    let Answered { stage, reason, decision, .. } = answered;
                    contest.steps.push(Step { at: entry.at, by: entry.by.clone(), stage, reason, decision });
                }
            }
            _ => {}
        }
    }
    Ok(contests)
}

fn one(entries: &[Entry], seq: u64) -> Result<Contest> {
    let found = all(entries)?.into_iter().find(|contest| contest.seq == seq);
    found.ok_or_else(|| Error::Input(format!("không có đề nghị số {seq}")))
}

fn received(entry: &Entry) -> Result<Contest> {
    let Said { item, text, contact, file } = read(entry)?;
    Ok(Contest { seq: entry.seq, at: entry.at, by: entry.by.clone(), item, text, contact, file, steps: Vec::new() })
}

fn read<T: for<'d> Deserialize<'d>>(entry: &Entry) -> Result<T> {
    serde_json::from_value(entry.data.clone()).map_err(|e| unreadable(entry, &e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Via;
    use crate::time;

    fn hand(by: &str) -> Hand {
        Hand { at: time::parse("2026-05-20T09:00:00+07:00").unwrap(), by: by.to_owned(), via: Via::Web }
    }

    fn asked(record: &Record, by: &str) -> u64 {
        let request =
            Request {
                text: " Bài có số liệu mới. ", contact: "lan@example.org", file: Some(("a.pdf", b"%PDF-"))
            };
        record.contest(&hand(by), &ArticleId("a".into()), &request).unwrap().seq
    }

    #[test]
    fn an_accepted_request_is_a_decision() {
        let root = tempfile::tempdir().unwrap();
        let record = Record::new(root.path());
        let seq = asked(&record, VISITOR);
        assert_eq!(record.contest_of(seq).unwrap().stage(), Stage::Received);
        record.answer(&hand("lan"), seq, Stage::Reviewing, None, "").unwrap();
        let ruling = Ruling::Novelty { value: true };
        record.answer(&hand("lan"), seq, Stage::Accepted, Some(&ruling), "số liệu mới").unwrap();
        let contest = record.contest_of(seq).unwrap();
        let decisions = record.views(None).unwrap().decisions;
        assert_eq!((contest.stage(), contest.steps[1].decision), (Stage::Accepted, Some(decisions[0].seq)));
        assert_eq!((&decisions[0].ruling, decisions[0].reason.as_str()), (&ruling, "số liệu mới"));
        assert_eq!(record.journal().verify().unwrap(), []);
    }

    #[test]
    fn of_many_who_answer_at_once_one_does() {
        let root = tempfile::tempdir().unwrap();
        let record = Record::new(root.path());
        let seq = asked(&record, VISITOR);
        let ruling = Ruling::Cchc { value: true };
        let answers: Vec<bool> = std::thread::scope(|threads| {
            let answer = |n: usize| {
                let (record, ruling) = (&record, &ruling);
                move || {
                    let hand = hand(&format!("người {n}"));
                    record.answer(&hand, seq, Stage::Accepted, Some(ruling), "đúng").is_ok()
                }
            };
            let asked: Vec<_> = (0..8).map(|n| threads.spawn(answer(n))).collect();
            asked.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|done| **done).count(), 1, "{answers:?}");
        let decision = record.views(None).unwrap().decisions[0].seq;
        let revoked: Vec<bool> = std::thread::scope(|threads| {
            let revoke = || record.revoke(&hand("mai"), decision, "nhầm").is_ok();
            let asked: Vec<_> = (0..8).map(|_| threads.spawn(revoke)).collect();
            asked.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(revoked.iter().filter(|done| **done).count(), 1, "{revoked:?}");
        assert_eq!((record.journal().entries().unwrap().len(), record.journal().verify().unwrap()), (4, vec![]));
    }

    #[test]
    fn what_is_not_an_answer_is_refused_and_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let record = Record::new(root.path());
        let (own, other) = (asked(&record, "lan"), asked(&record, VISITOR));
        for (seq, stage, reason, says) in [
            (own, Stage::Refused, "không có gì mới", "do chính bạn gửi"),
            (other, Stage::Refused, " ", "thiếu lý do"),
            (other, Stage::Accepted, "đúng", "quyết định lại điều gì"),
            (other, Stage::Received, "x", "đang ở bước «tiếp nhận»"),
            (99, Stage::Refused, "x", "không có đề nghị số 99"),
        ] {
            let error = record.answer(&hand("lan"), seq, stage, None, reason).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        assert_eq!(record.journal().entries().unwrap().len(), 2);
    }

    #[test]
    fn words_contact_and_file_stand_outside_the_journal_and_can_go() {
        let root = tempfile::tempdir().unwrap();
        let record = Record::new(root.path());
        let contest = record.contest_of(asked(&record, VISITOR)).unwrap();
        assert_eq!(record.said(&contest.text).unwrap().unwrap(), "Bài có số liệu mới.".as_bytes());
        assert_eq!(record.said(contest.file.as_ref().unwrap()).unwrap().unwrap(), b"a.pdf\n%PDF-");
        let journal = std::fs::read_to_string(root.path().join("journal.jsonl")).unwrap();
        assert!(!journal.contains("example.org") && !journal.contains("a.pdf") && !journal.contains("số liệu"));
        let contact = contest.contact.clone().unwrap();
        record.erase(&hand("lan"), &contact, "người gửi yêu cầu").unwrap();
        assert_eq!(record.said(&contact).unwrap(), None);
        assert_eq!(record.contests().unwrap(), [contest]);
    }
}
