//! Evidence that stands up to dispute: sealed nights, and packs that a stranger can check.
//!
//! - [`Key`]: signs; its public part is all that a checker needs beside the pack.
//! - [`seal`]: closes a night with one signed Merkle root over captures and journal.
//! - [`pack`]: WACZ 1.1.1 with everything behind a unit's verdicts.
//! - [`stamp`]: time stamps of outside authorities over the seals.
//! - [`verify`]: what of a pack holds and what does not, offline.

mod dated;
mod der;
mod index;
mod keys;
mod merkle;
mod pack;
mod proof;
mod seal;
pub mod stamp;
mod token;
mod verify;
mod zip;

pub use keys::{Key, PublicKey};
pub use pack::{Contents, Item, Judged, pack};
pub use seal::{Seal, Sealed, check, seal};
pub use verify::{Answer, verify};
