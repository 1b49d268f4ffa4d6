//! Who may sign in to the web page: names, roles and argon2id hashes in one file that only its owner
//! can read.
//!
//! The file is no view of the journal, which must never hold a hash; the journal says who changed
//! which account, and when. An account is locked and never removed, so that a name in the journal
//! stays one person's.

use super::random::random;
use crate::error::{Error, Result};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Version of the file's form.
const SCHEMA: u32 = 1;
/// The shortest and the longest password, in characters and bytes.
const SHORTEST: usize = 12;
const LONGEST: usize = 256;
/// The longest name.
const LONGEST_NAME: usize = 32;

/// Stands for the hash of a name that is not there; salt and output are arbitrary bytes.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Y2NoYy1hdWRpdC0wMDAwMQ$3q0cq6bW1k8n5m5mQ3Yb2mJ0ySgYf4m3yqE8m8b0u1E";

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Decides, attests, imports, exports.
    Inspector,
    /// The same, and looks after accounts and personal data.
    Admin,
    /// Looks at what visitors may not, and changes nothing.
    ReadOnly,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Inspector, Self::Admin, Self::ReadOnly];

    /// The word on the command line and in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Inspector => "inspector",
            Self::Admin => "admin",
            Self::ReadOnly => "read-only",
        }
    }

    /// The words people read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inspector => "người kiểm tra",
            Self::Admin => "quản trị",
            Self::ReadOnly => "chỉ xem",
        }
    }

    /// Whether it may change anything.
    #[must_use]
    pub fn may_change(self) -> bool {
        self != Self::ReadOnly
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let found = Self::ALL.into_iter().find(|role| role.id() == text);
        found.ok_or_else(|| format!("không có vai trò «{text}»; dùng inspector, admin hoặc read-only"))
    }
}

/// A password on its way to be hashed or compared; never printed.
pub struct Password(String);

impl Password {
    /// A password as typed to sign in.
    #[must_use]
    pub fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// A password that may become an account's.
    ///
    /// # Errors
    /// It is too short, too long, or the account's name.
    pub fn chosen(text: &str, name: &str) -> Result<Self> {
        let fault = match () {
            () if text.chars().count() < SHORTEST => format!("cần ít nhất {SHORTEST} ký tự"),
            () if text.len() > LONGEST => format!("quá {LONGEST} byte"),
            () if text.chars().any(char::is_control) => "có ký tự điều khiển".to_owned(),
            () if text.to_lowercase().contains(&name.to_lowercase()) => "chứa tên đăng nhập".to_owned(),
            () => return Ok(Self(text.to_owned())),
        };
        Err(Error::Input(format!("mật khẩu {fault}; chọn mật khẩu khác")))
    }

    fn hash(&self) -> Result<String> {
        let salt: [u8; 16] = random()?;
        let hash = Argon2::default().hash_password_with_salt(self.0.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|e| Error::Failed(format!("không băm được mật khẩu: {e}")))
    }

    fn is(&self, hash: &str) -> bool {
        self.0.len() <= LONGEST && Argon2::default().verify_password(self.0.as_bytes(), hash).is_ok()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The name to sign in with, and the name in the journal.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it is locked.
    #[serde(default)]
    pub disabled: bool,
    /// argon2id, in PHC form.
    hash: String,
}

#[derive(Serialize, Deserialize)]
struct Book {
    schema: u32,
    users: Vec<User>,
}

/// The accounts of a state folder.
#[derive(Debug, Clone)]
pub struct Users {
    dir: PathBuf,
}

impl Users {
    /// Names the state folder; a missing file means no accounts.
    #[must_use]
    pub fn new(state: &Path) -> Self {
        Self { dir: state.to_owned() }
    }

    /// The state folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// The file cannot be read, others can read it, or it is not what it should be.
    pub fn list(&self) -> Result<Vec<User>> {
        let path = self.path();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io(format!("không đọc được {}", path.display()), error)),
        };
        let mode = fs::metadata(&path).map_or(0, |meta| meta.permissions().mode());
        let path = path.display();
        if mode & 0o077 != 0 {
            return Err(Error::Failed(format!("{path}: người khác đọc được; chạy `chmod 600 {path}`")));
        }
        let book: Book = serde_json::from_str(&text)
            .map_err(|e| Error::Failed(format!("{path}: không phải danh sách người dùng ({e})")))?;
        if book.schema > SCHEMA {
            return Err(Error::Failed(format!("{path}: do chương trình mới hơn ghi; hãy nâng cấp")));
        }
        Ok(book.users)
    }

    /// One account.
    ///
    /// # Errors
    /// As [`Users::list`].
    pub fn get(&self, name: &str) -> Result<Option<User>> {
        Ok(self.list()?.into_iter().find(|user| user.name == name))
    }

    /// The account that a name and a password open. A name that is not there costs the same time as
    /// one that is.
    ///
    /// # Errors
    /// As [`Users::list`].
    pub fn sign_in(&self, name: &str, password: &Password) -> Result<Option<User>> {
        let user = self.get(name)?;
        let matches = password.is(user.as_ref().map_or(NOBODY, |user| &user.hash));
        Ok(user.filter(|user| matches && !user.disabled))
    }

    /// Refuses a name that no new account can have.
    ///
    /// # Errors
    /// The name is taken or unfit.
    pub fn check_new(&self, name: &str) -> Result<()> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(plain) {
            return Err(Error::Input(format!(
                "tên «{name}» không dùng được: chữ thường không dấu, số và . - _, nhiều nhất {LONGEST_NAME} ký tự"
            )));
        }
        match self.get(name)? {
            Some(_) => {
                Err(Error::Input(format!("đã có người dùng «{name}»; đổi bằng `cchc users role|password|enable`")))
            }
            None => Ok(()),
        }
    }

    /// The account of a name.
    ///
    /// # Errors
    /// There is none.
    pub fn known(&self, name: &str) -> Result<User> {
        self.get(name)?.ok_or_else(|| Error::Input(format!("không có người dùng «{name}»; xem `cchc users list`")))
    }

    /// Makes an account.
    ///
    /// # Errors
    /// The name is taken or unfit, or the disk refuses.
    pub fn add(&self, name: &str, role: Role, password: &Password) -> Result<()> {
        let hash = password.hash()?;
        self.edit(|users| {
            self.check_new(name)?;
            users.push(User { name: name.to_owned(), role, disabled: false, hash });
            users.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(())
        })
    }

    /// Gives an account another role.
    ///
    /// # Errors
    /// There is no such account, or the disk refuses.
    pub fn set_role(&self, name: &str, role: Role) -> Result<()> {
        self.change(name, |user| user.role = role)
    }

    /// Gives an account another password.
    ///
    /// # Errors
    /// As [`Users::set_role`].
    pub fn set_password(&self, name: &str, password: &Password) -> Result<()> {
        let hash = password.hash()?;
        self.change(name, |user| user.hash.clone_from(&hash))
    }

    /// Locks an account, or unlocks it.
    ///
    /// # Errors
    /// As [`Users::set_role`].
    pub fn set_disabled(&self, name: &str, disabled: bool) -> Result<()> {
        self.change(name, |user| user.disabled = disabled)
    }

    fn change(&self, name: &str, change: impl FnMut(&mut User)) -> Result<()> {
        self.edit(|users| {
            self.known(name)?;
            users.iter_mut().filter(|user| user.name == name).for_each(change);
            Ok(())
        })
    }

    /// Reads, changes and writes the file, whole or not at all, while no other process does.
    fn edit(&self, change: impl FnOnce(&mut Vec<User>) -> Result<()>) -> Result<()> {
        let path = self.path();
        let failed = |e| Error::io(format!("không ghi được {}", path.display()), e);
        // The file itself is replaced, so the lock is its folder's.
        let folder = File::open(&self.dir).map_err(failed)?;
        folder.lock().map_err(failed)?;
        let mut users = self.list()?;
        change(&mut users)?;
        let text = serde_json::to_string_pretty(&Book { schema: SCHEMA, users }).expect("accounts are plain JSON");
        let draft = path.with_extension("tmp");
        let write = || {
            // A draft left by a crash may have any mode.
            fs::remove_file(&draft).or_else(|e| if draft.exists() { Err(e) } else { Ok(()) })?;
            let mut file = File::options().write(true).create_new(true).mode(0o600).open(&draft)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            folder.sync_all()
        };
        write().map_err(failed)
    }

    fn path(&self) -> PathBuf {
        self.dir.join("users.json")
    }
}

impl User {
    /// Something that changes with the password, so that a session can end with the one it began with.
    #[must_use]
    pub fn generation(&self) -> String {
        crate::digest::sha256(self.hash.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users() -> (tempfile::TempDir, Users) {
        let dir = tempfile::tempdir().unwrap();
        let users = Users::new(dir.path());
        (dir, users)
    }

    fn chosen(text: &str) -> Password {
        Password::chosen(text, "lan").unwrap()
    }

    #[test]
    fn an_account_opens_with_its_own_password_until_it_is_locked() {
        let (dir, users) = users();
        users.add("lan", Role::Inspector, &chosen("mưa rơi tháng sáu")).unwrap();
        let opens = |password: &str| users.sign_in("lan", &Password::given(password)).unwrap().is_some();
        assert!(opens("mưa rơi tháng sáu") && !opens("mưa rơi tháng bảy") && !opens(""));
        assert!(users.sign_in("mai", &Password::given("mưa rơi tháng sáu")).unwrap().is_none());
        let before = users.get("lan").unwrap().unwrap().generation();
        users.set_password("lan", &chosen("nắng vàng tháng bảy")).unwrap();
        assert!(!opens("mưa rơi tháng sáu") && opens("nắng vàng tháng bảy"));
        assert_ne!(users.get("lan").unwrap().unwrap().generation(), before);
        users.set_disabled("lan", true).unwrap();
        assert!(!opens("nắng vàng tháng bảy"));
        let file = dir.path().join("users.json");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("$argon2id$v=19$m=19456,t=2,p=1$") && !text.contains("tháng"), "{text}");
    }

    #[test]
    fn unfit_names_passwords_and_files_are_refused() {
        let (dir, users) = users();
        for name in ["", "Lan", "lan anh", "../lan", "lần", &"x".repeat(40)] {
            assert!(users.add(name, Role::Admin, &chosen("một câu thật dài")).is_err(), "{name}");
        }
        for password in ["ngắn", "mười hai\n ký tự", "tên tôi là LAN đây", &"x".repeat(300)] {
            assert!(Password::chosen(password, "lan").is_err(), "{password}");
        }
        users.add("lan", Role::Admin, &chosen("một câu thật dài")).unwrap();
        assert!(users.add("lan", Role::Admin, &chosen("một câu thật dài")).is_err());
        assert!(users.set_role("mai", Role::Admin).is_err());
        let file = dir.path().join("users.json");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(users.list().unwrap_err().to_string().contains("chmod 600"));
    }

    /// The stand-in for unknown names must cost what a real hash costs.
    #[test]
    fn the_hash_of_nobody_is_a_hash_like_any_other() {
        let (_dir, users) = users();
        users.add("lan", Role::ReadOnly, &chosen("một câu thật dài")).unwrap();
        let real = users.get("lan").unwrap().unwrap().hash;
        let parameters = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        let nobody = argon2::PasswordHash::new(NOBODY).unwrap();
        assert_eq!(parameters(&nobody.to_string()), parameters(&real));
        assert_eq!(nobody.hash.unwrap().len(), argon2::PasswordHash::new(&real).unwrap().hash.unwrap().len());
    }
}
