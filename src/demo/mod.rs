//! Portals on loopback, for trying the whole job without a network.
//!
//! The portals, their articles and their pages are data (`data/demo/`); this folder reads them
//! ([`Demo`]), answers requests as the real platforms would ([`Demo::answer`], pure), and puts
//! the answers on loopback sockets ([`Portals`]). What the portals show depends on the moment
//! they are told to show, never on the machine's clock: the second night is a day later because
//! [`Portals::show`] says so.

mod address;
mod answer;
mod article;
mod nights;
mod pages;
mod portal;
mod server;
mod sites;

pub use answer::{Answer, Ask};
pub use article::DemoArticle;
pub use nights::{DESCRIPTION, DemoClock, Played, Watching, play};
pub use portal::{Demo, Platform, Portal};
pub use server::Portals;
