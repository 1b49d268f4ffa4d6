//! From seeds to captures: the only network.
