//! Platforms as data: selectors, date forms, addresses, listings.
