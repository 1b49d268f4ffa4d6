//! Sites and crawler settings: `sites.toml`.
