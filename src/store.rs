//! The only place that knows sled: an index that can be rebuilt.
