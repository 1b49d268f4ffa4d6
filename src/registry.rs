//! The units: names, groups, hosts, predecessors.
