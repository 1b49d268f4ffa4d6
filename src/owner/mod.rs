//! Who holds the state, and how others ask.
//!
//! One process at a time holds a state folder ([`Owner`]); it alone writes. Any other command
//! that only reads asks the holder through a socket ([`View`]), so that an inspector can look
//! while the night runs. A second writer is refused, and told who holds it.

mod ask;
mod lock;
mod night;
mod state;

pub use ask::View;
pub use night::{Ask, Told};
pub use state::{State, VERSION};

use crate::error::Result;
use crate::store::{Opened, Store};
use ask::Door;
use lock::Lock;
use night::Bell;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The process that holds a state folder.
pub struct Owner {
    /// The folder.
    pub state: State,
    /// Its index.
    pub store: Arc<Store>,
    /// Whether the index is to be made anew before it is used, and why.
    pub stale: Option<String>,
    bell: Arc<OnceLock<Bell>>,
    // Dropped in this order: nobody is answered any more before the lock goes.
    _door: Door,
    _lock: Lock,
}

impl Owner {
    /// Takes hold of a state folder, making it if it is not there. `name` is what others are told,
    /// such as `cchc nightly`.
    ///
    /// # Errors
    /// Another process holds it; it belongs to a newer program; it cannot be written.
    pub fn take(dir: &Path, name: &str) -> Result<Self> {
        let state = State::new(dir);
        state.make()?;
        let lock = Lock::take(&state, name)?;
        Self::hold(state, lock)
    }

    /// Makes sure that nobody holds a state folder, as before it is cleared.
    ///
    /// # Errors
    /// Another process holds it, which is named; it cannot be written.
    pub fn let_nobody_hold(dir: &Path, name: &str) -> Result<()> {
        Lock::take(&State::new(dir), name).map(drop)
    }

    /// The state for reading, as others see it.
    #[must_use]
    pub fn view(&self) -> View {
        View::Here(self.state.clone(), Arc::clone(&self.store), None)
    }

    /// From now on a night that another command asks for is handed to `bell`; without it the other
    /// is refused. Only the first call counts.
    pub fn take_asks(&self, bell: impl Fn(Ask) + Send + Sync + 'static) {
        // A second bell would have nobody to ring for.
        let _ = self.bell.set(Box::new(bell));
    }

    fn hold(state: State, lock: Lock) -> Result<Self> {
        let older = state.check_version()?;
        let (store, opened) = Store::open(&state.index())?;
        let stale = match opened {
            _ if older => Some("trạng thái do phiên bản cũ ghi".to_owned()),
            Opened::Fresh(why) => Some(why.unwrap_or_else(|| "chưa có chỉ mục".to_owned())),
            Opened::Kept => None,
        };
        let store = Arc::new(store);
        let bell = Arc::new(OnceLock::new());
        let door = Door::open(&state, Arc::clone(&store), Arc::clone(&bell))?;
        Ok(Self { state, store, stale, bell, _door: door, _lock: lock })
    }
}
