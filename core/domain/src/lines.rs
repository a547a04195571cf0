//! Which numbers one phone has had: what it wrote under an earlier one it still knows (sync §2, §12).
//!
//! Pure arithmetic over the device rows that everybody has. Knows no op that came twice under two numbers: whether the
//! other number's op is the same one, only the authority can tell.

use std::collections::BTreeMap;

use crate::business::Device;
use crate::ids::{DeviceNo, Id};
use crate::incarnation::Former;

/// Where device numbers come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines(BTreeMap<DeviceNo, Former>);

impl Lines {
    /// As the devices say.
    #[must_use]
    pub fn of<'d>(devices: impl IntoIterator<Item = &'d Device>) -> Self {
        let former = |device: &Device| Some((device.no, device.former?));
        Self(devices.into_iter().filter_map(former).collect())
    }

    /// Notes where a number comes from that has no row yet.
    pub fn note(&mut self, no: DeviceNo, former: Former) {
        self.0.insert(no, former);
    }

    /// Whether the phone that wrote `later` had written `earlier` before: under the same number, or under one that this
    /// one branched off from, before it did.
    #[must_use]
    pub fn came_before(&self, earlier: Id, later: Id) -> bool {
        let (mut no, mut below) = (later.device(), later.counter());
        // Rows from outside may name each other in a circle.
        for _ in 0..=self.0.len() {
            if no == earlier.device() {
                return earlier.counter() < below;
            }
            match self.0.get(&no) {
                Some(former) => (no, below) = (former.device, former.fork),
                None => return false,
            }
        }
        false
    }
}
