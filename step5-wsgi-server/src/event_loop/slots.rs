//! Where the loop keeps its connections: numbered places, used again.
//!
//! Chapter 6
//!
//! *Strategy*: the kernel reports events by a number, and a pool reports
//! answers by a number, so each connection has one. A place that becomes free
//! is given to the next connection; so that an event for the old one is not
//! taken for the new one, the number also counts who sits there.

/// The number of a connection: its place, and the how-manieth it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(usize);

/// The bits of a key that say the place; more places than these can name are
/// never needed, because each costs a descriptor.
const PLACE: usize = 0xff_ffff;

impl Key {
    fn new(place: usize, turn: usize) -> Self {
        Key((turn << PLACE.count_ones()) | (place & PLACE))
    }

    /// The key as the kernel is told it.
    #[must_use]
    pub fn number(self) -> usize {
        self.0
    }

    /// The key that the kernel was told.
    #[must_use]
    pub fn from_number(number: usize) -> Self {
        Key(number)
    }

    fn place(self) -> usize {
        self.0 & PLACE
    }
}

/// Values in numbered places.
#[derive(Debug)]
pub(super) struct Slots<T> {
    slots: Vec<Slot<T>>,
    free: Vec<usize>,
}

#[derive(Debug)]
struct Slot<T> {
    key: Key,
    turn: usize,
    value: Option<T>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Slots { slots: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slots<T> {
    /// Gives a value a place; `make` is told the key.
    pub(super) fn insert(&mut self, make: impl FnOnce(Key) -> T) -> Key {
        let place = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { key: Key(0), turn: 0, value: None });
            self.slots.len() - 1
        });
        let slot = &mut self.slots[place];
        slot.turn += 1;
        slot.key = Key::new(place, slot.turn);
        slot.value = Some(make(slot.key));
        slot.key
    }

    /// The value with this key, if it is still there.
    pub(super) fn get(&self, key: Key) -> Option<&T> {
        self.slots.get(key.place()).filter(|slot| slot.key == key)?.value.as_ref()
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        self.slots.get_mut(key.place()).filter(|slot| slot.key == key)?.value.as_mut()
    }

    /// Takes the value with this key out; its place is free then.
    pub(super) fn remove(&mut self, key: Key) -> Option<T> {
        let slot = self.slots.get_mut(key.place()).filter(|slot| slot.key == key)?;
        let value = slot.value.take()?;
        self.free.push(key.place());
        Some(value)
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All values with their keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.slots.iter().filter_map(|slot| Some((slot.key, slot.value.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_used_again_and_its_old_key_means_nobody() {
        let mut slots = Slots::default();
        let old = slots.insert(|_| "old");
        assert_eq!(slots.remove(old), Some("old"));
        let new = slots.insert(|_| "new");
        assert_eq!(old.place(), new.place());
        assert_eq!(slots.get_mut(old), None);
        assert_eq!(slots.remove(old), None);
        assert_eq!(slots.get_mut(new), Some(&mut "new"));
        assert_eq!(slots.len(), 1);
        assert_eq!(Key::from_number(new.number()), new);
    }
}
