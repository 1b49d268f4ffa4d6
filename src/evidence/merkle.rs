//! The Merkle tree of RFC 9162 §2.1: one root over many leaves, and for each leaf a short path
//! that proves it stands under the root, without the others.
//!
//! Leaves are hashes already ([`crate::archive::Leaf`] adds the zero byte that tells a leaf from a
//! node); this module only joins them.

use crate::digest;

/// A hash in the tree.
pub(crate) type Hash = [u8; 32];

fn node(left: &Hash, right: &Hash) -> Hash {
    digest::raw(&[&[1], left, right])
}

/// The root over some leaves.
pub(crate) fn root(leaves: &[Hash]) -> Hash {
    Tree::over(leaves.to_vec()).root()
}

/// Every hash of a tree, level by level from the leaves up: a night has many leaves and a pack asks for
/// many paths, and each is then looked up, not hashed anew.
pub(crate) struct Tree {
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over some leaves.
    pub(crate) fn over(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            // What has no neighbour goes up as it is; so the tree parts at the largest power of two.
            let joined = |pair: &[Hash]| pair.get(1).map_or(pair[0], |right| node(&pair[0], right));
            levels.push(level.chunks(2).map(joined).collect());
        }
        Self { levels }
    }

    /// Its root.
    pub(crate) fn root(&self) -> Hash {
        self.levels.last().and_then(|top| top.first()).copied().unwrap_or_else(|| digest::raw(&[]))
    }

    /// The path from a leaf to the root, the leaf's neighbour first.
    pub(crate) fn path(&self, index: usize) -> Vec<Hash> {
        let mut place = index;
        let mut steps = Vec::new();
        for level in &self.levels {
            steps.extend(level.get(place ^ 1));
            place /= 2;
        }
        steps
    }
}

/// The root that a leaf and its path lead to in a tree of `size` leaves; `None` if the path has
/// not the length it must have there.
pub(crate) fn climb(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    // From the root down: on which side the leaf lies at each parting.
    let mut sides = Vec::new();
    let (mut index, mut size) = (index, size);
    if index >= size {
        return None;
    }
    while size > 1 {
        let left = size.checked_next_power_of_two()? / 2;
        sides.push(index >= left);
        (index, size) = if index >= left { (index - left, size - left) } else { (index, left) };
    }
    if sides.len() != path.len() {
        return None;
    }
    let step = |hash: Hash, (on_right, other): (&bool, &Hash)| {
        if *on_right { node(other, &hash) } else { node(&hash, other) }
    };
    Some(sides.iter().rev().zip(path).fold(leaf, step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Leaf;

    fn leaves(n: u8) -> Vec<Hash> {
        (0..n).map(|i| Leaf::of(&[i]).hash).collect()
    }

    #[test]
    fn the_roots_are_those_of_the_standard() {
        assert_eq!(digest::hex(&root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let one = Leaf::of(b"").hash;
        assert_eq!(digest::hex(&root(&[one])), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        // The eight entries that the reference implementations of Certificate Transparency use.
        let entries =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let leaves: Vec<Hash> = entries.iter().map(|e| Leaf::of(&digest::unhex(e).unwrap()).hash).collect();
        assert_eq!(digest::hex(&root(&leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    #[test]
    fn every_leaf_is_proved_by_its_path_and_by_no_other() {
        for n in 1..20 {
            let leaves = leaves(n);
            let (tree, size) = (Tree::over(leaves.clone()), u64::from(n));
            let root = tree.root();
            for (i, leaf) in leaves.iter().enumerate() {
                let path = tree.path(i);
                assert_eq!(climb(*leaf, i as u64, size, &path), Some(root), "{i} of {n}");
                assert_ne!(climb(Leaf::of(b"x").hash, i as u64, size, &path), Some(root));
                assert_eq!(climb(*leaf, size, size, &path), None);
                if n > 1 {
                    assert_eq!(climb(*leaf, i as u64, size, &path[1..]), None);
                }
            }
        }
    }
}
