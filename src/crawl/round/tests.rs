//! Whole rounds of one site, without a network: pages are handed in as they would be read.
