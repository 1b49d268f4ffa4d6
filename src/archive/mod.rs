//! Captures in WARC files, and their index.
