//! What people did, append-only and chained by hash.
