//! The kinds of notes that a night leaves in archive and store; a rebuild reads them back.

/// What a site's crawl remembers, by site.
pub const MEMORY: &str = "memory";
/// What was seen of a site, by site and time.
pub const OBSERVATION: &str = "observation";
/// How we behaved on a site, by site and the beginning of the night.
pub const CONDUCT: &str = "conduct";
/// A visitor asked for a page to be looked at, by its key; in the index only.
pub const ASKED: &str = "asked";
/// An article was found gone, by its address.
pub const GONE: &str = "gone";
