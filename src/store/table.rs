//! One kind of row: typed, checked, and readable by a later version.
//!
//! Every value wears an envelope — kind, version, and an xxh3 of key and payload — so that a
//! damaged row, or one under a wrong key, is found where it is read and can be rebuilt, instead
//! of being believed. Payloads are JSON: fields may come and go.

use crate::error::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

const HEAD: usize = 10;

/// A sled tree of rows of one type.
pub(super) struct Table<V> {
    tree: sled::Tree,
    name: &'static str,
    kind: u8,
    write: fn(&V, Vec<u8>) -> serde_json::Result<Vec<u8>>,
    read: fn(&[u8]) -> serde_json::Result<V>,
}

impl<V: Serialize + DeserializeOwned> Table<V> {
    /// Opens the tree `name` of JSON rows; `kind` marks them.
    pub(super) fn json(db: &sled::Db, name: &'static str, kind: u8) -> Result<Self> {
        let write = |row: &V, mut value: Vec<u8>| serde_json::to_writer(&mut value, row).map(|()| value);
        Self::open(db, name, kind, write, |payload| serde_json::from_slice(payload))
    }

    /// Some fields of a row, where reading all of them would cost more.
    pub(super) fn part<P: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<P>> {
        let value = self.tree.get(key).map_err(|e| failed(self.name, &e))?;
        value.map(|value| self.decode(key, &value, |payload| serde_json::from_slice(payload))).transpose()
    }
}

impl Table<Vec<u8>> {
    /// Opens the tree `name` of plain bytes; `kind` marks them.
    pub(super) fn bytes(db: &sled::Db, name: &'static str, kind: u8) -> Result<Self> {
        let write = |row: &Vec<u8>, mut value: Vec<u8>| {
            value.extend_from_slice(row);
            Ok(value)
        };
        Self::open(db, name, kind, write, |payload| Ok(payload.to_vec()))
    }
}

impl<V> Table<V> {
    fn open(
        db: &sled::Db,
        name: &'static str,
        kind: u8,
        write: fn(&V, Vec<u8>) -> serde_json::Result<Vec<u8>>,
        read: fn(&[u8]) -> serde_json::Result<V>,
    ) -> Result<Self> {
        let tree = db.open_tree(name).map_err(|e| failed(name, &e))?;
        Ok(Self { tree, name, kind, write, read })
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<V>> {
        let value = self.tree.get(key).map_err(|e| failed(self.name, &e))?;
        value.map(|value| self.decode(key, &value, self.read)).transpose()
    }

    pub(super) fn put(&self, key: &[u8], row: &V) -> Result<()> {
        let value = self.encode(key, row)?;
        self.tree.insert(key, value).map_err(|e| failed(self.name, &e))?;
        Ok(())
    }

    /// Removes a row; whether there was one.
    pub(super) fn remove(&self, key: &[u8]) -> Result<bool> {
        self.tree.remove(key).map(|row| row.is_some()).map_err(|e| failed(self.name, &e))
    }

    pub(super) fn contains(&self, key: &[u8]) -> Result<bool> {
        self.tree.contains_key(key).map_err(|e| failed(self.name, &e))
    }

    /// Every row whose key begins with `prefix`, in order of key.
    pub(super) fn scan<'a>(&'a self, prefix: &[u8]) -> impl Iterator<Item = Result<(Vec<u8>, V)>> + use<'a, V> {
        self.tree.scan_prefix(prefix).map(|entry| {
            let (key, value) = entry.map_err(|e| failed(self.name, &e))?;
            Ok((key.to_vec(), self.decode(&key, &value, self.read)?))
        })
    }

    /// Every key, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = Result<Vec<u8>>> {
        self.tree.iter().keys().map(|key| Ok(key.map_err(|e| failed(self.name, &e))?.to_vec()))
    }

    pub(super) fn len(&self) -> usize {
        self.tree.len()
    }

    pub(super) fn clear(&self) -> Result<()> {
        self.tree.clear().map_err(|e| failed(self.name, &e))
    }

    fn encode(&self, key: &[u8], row: &V) -> Result<Vec<u8>> {
        let write = (self.write)(row, vec![0; HEAD]);
        let mut value = write.map_err(|e| Error::Failed(format!("bảng {}: {e}", self.name)))?;
        let sum = checksum(key, &value[HEAD..]);
        value[0] = self.kind;
        value[1] = super::SCHEMA;
        value[2..HEAD].copy_from_slice(&sum.to_be_bytes());
        Ok(value)
    }

    fn decode<P>(&self, key: &[u8], value: &[u8], read: impl Fn(&[u8]) -> serde_json::Result<P>) -> Result<P> {
        let damaged = |what: &str| {
            let key = String::from_utf8_lossy(key);
            Error::Failed(format!("chỉ mục hỏng: bảng {}, dòng {key:?}: {what}; chạy `cchc rebuild`", self.name))
        };
        let (head, payload) = value.split_at_checked(HEAD).ok_or_else(|| damaged("quá ngắn"))?;
        if head[0] != self.kind {
            return Err(damaged("sai loại dòng"));
        }
        if head[2..] != checksum(key, payload).to_be_bytes() {
            return Err(damaged("sai mã kiểm"));
        }
        read(payload).map_err(|e| damaged(&e.to_string()))
    }
}

fn checksum(key: &[u8], payload: &[u8]) -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    hash.update(key);
    hash.update(payload);
    hash.digest()
}

pub(super) fn failed(name: &str, error: &sled::Error) -> Error {
    Error::Failed(format!("chỉ mục, bảng {name}: {error}; kiểm tra ổ đĩa, rồi chạy `cchc rebuild`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> (sled::Db, Table<Vec<String>>) {
        let db = sled::Config::new().temporary(true).open().unwrap();
        let table = Table::json(&db, "t", 7).unwrap();
        (db, table)
    }

    #[test]
    fn rows_come_back() {
        let (_db, table) = table();
        table.put(b"a1", &vec!["một".into()]).unwrap();
        table.put(b"a2", &vec![]).unwrap();
        assert_eq!(table.get(b"a1").unwrap().unwrap(), ["một"]);
        assert_eq!(table.scan(b"a").map(|r| r.unwrap().0).collect::<Vec<_>>(), [b"a1".to_vec(), b"a2".to_vec()]);
    }

    #[test]
    fn a_damaged_or_misplaced_row_is_found() {
        let (_db, table) = table();
        table.put(b"a", &vec!["x".into()]).unwrap();
        let good = table.tree.get(b"a").unwrap().unwrap().to_vec();
        let mut flipped = good.clone();
        *flipped.last_mut().unwrap() ^= 1;
        for (key, value) in [(&b"a"[..], &flipped[..]), (b"b", &good), (b"c", b"short"), (b"d", b"")] {
            table.tree.insert(key, value).unwrap();
            let error = table.get(key).unwrap_err().to_string();
            assert!(error.contains("chỉ mục hỏng"), "{error}");
        }
    }
}
