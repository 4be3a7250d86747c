//! Sets of bytes that whole texts are checked against on every call.

use super::ByteSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A [`ByteSet`] and the same set as a table, in which checking a byte is one load instead of finding word and bit.
#[derive(Clone)]
pub struct ByteTable {
    set: ByteSet,
    /// 1 for what is in the set. Shared, since recipes and plans are copied.
    holds: Arc<[u8; 256]>,
}

impl ByteTable {
    /// Whether every byte of the text is in the set; true for an empty text.
    #[inline]
    pub fn contains_all(&self, text: &[u8]) -> bool {
        let holds = |all: u8, byte: &u8| all & self.holds[usize::from(*byte)];
        // Without a branch a byte: texts are short and nearly always good. The last eight overlap with the ones before them.
        let Some(last) = text.last_chunk::<8>() else {
            return text.iter().fold(1, holds) == 1;
        };
        let (chunks, _) = text.as_chunks::<8>();
        let last = last.iter().fold(1, holds);
        (chunks.iter()).fold(last, |all, chunk| chunk.iter().fold(all, holds)) == 1
    }
}

impl From<ByteSet> for ByteTable {
    fn from(set: ByteSet) -> Self {
        let mut holds = [0; 256];
        for byte in set.iter() {
            holds[usize::from(byte)] = 1;
        }
        ByteTable {
            set,
            holds: Arc::new(holds),
        }
    }
}

impl Deref for ByteTable {
    type Target = ByteSet;

    fn deref(&self) -> &ByteSet {
        &self.set
    }
}

impl fmt::Debug for ByteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.set.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_the_set_says() {
        let table = ByteTable::from(ByteSet::TOKEN);
        for byte in 0..=u8::MAX {
            // In the middle of eight and in the rest.
            for at in [0, 3, 7, 8, 10] {
                let mut text = [b'a'; 11];
                text[at] = byte;
                assert_eq!(table.contains_all(&text), ByteSet::TOKEN.contains(byte));
            }
        }
        assert!(ByteTable::from(ByteSet::EMPTY).contains_all(b""));
    }
}
