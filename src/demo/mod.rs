//! Portals on loopback, for trying the whole job without a network.
