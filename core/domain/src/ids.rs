//! Identities: who and what an entry, a row or an answer is about.
//!
//! An id is a number given once and never reused (sync §2). Ids are never printed on paper or shown
//! to people; people see card numbers and receipt numbers.

use std::fmt;

/// Bits of an id that count within one device (sync §2).
const COUNTER_BITS: u32 = 40;
/// Largest counter of a device: 2⁴⁰ − 1.
const COUNTER_MAX: i64 = (1 << COUNTER_BITS) - 1;
/// The highest bit of a counter.
const BESIDE: i64 = 1 << (COUNTER_BITS - 1);
/// Largest device number: 2²³ − 1.
const DEVICE_MAX: u32 = (1 << 23) - 1;

/// Why a number is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// A device number is 1…2²³−1.
    #[error("device number {0} is outside 1…8388607")]
    Device(u32),
    /// An id carries a device number and a counter from 1.
    #[error("{0} is not an id")]
    Id(i64),
    /// The device has used all of its 2⁴⁰ numbers.
    #[error("the device has no numbers left")]
    Exhausted,
}

/// The number the authority gave to one device (one incarnation of it); never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceNo(u32);

impl DeviceNo {
    /// The founder of a business: the first device, or the server that founded it.
    pub const FOUNDER: Self = Self(1);

    /// Checks the range 1…2²³−1.
    ///
    /// # Errors
    /// [`IdError::Device`] outside that range.
    pub const fn new(no: u32) -> Result<Self, IdError> {
        if no == 0 || no > DEVICE_MAX {
            return Err(IdError::Device(no));
        }
        Ok(Self(no))
    }

    /// The bare number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The id that this device's counter `n` stands for.
    ///
    /// # Errors
    /// [`IdError::Exhausted`] when `n` is not in 1…2⁴⁰−1.
    pub fn id(self, n: i64) -> Result<Id, IdError> {
        if !(1..=COUNTER_MAX).contains(&n) {
            return Err(IdError::Exhausted);
        }
        Ok(Id((i64::from(self.0) << COUNTER_BITS) | n))
    }
}

impl fmt::Display for DeviceNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An op, entry or entity: `device_no << 40 | n` (sync §2), always positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(i64);

impl Id {
    /// Checks that the number carries a device and a counter.
    ///
    /// # Errors
    /// [`IdError::Id`] otherwise.
    pub fn new(raw: i64) -> Result<Self, IdError> {
        let device = u32::try_from(raw >> COUNTER_BITS).map_err(|_| IdError::Id(raw))?;
        DeviceNo::new(device).map_err(|_| IdError::Id(raw))?;
        if raw & COUNTER_MAX == 0 {
            return Err(IdError::Id(raw));
        }
        Ok(Self(raw))
    }

    /// The number as stored and sent.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The device that made it.
    #[must_use]
    pub fn device(self) -> DeviceNo {
        // `new` has checked the range.
        DeviceNo(u32::try_from(self.0 >> COUNTER_BITS).unwrap_or(DEVICE_MAX))
    }

    /// The device's own counter, from 1.
    #[must_use]
    pub const fn counter(self) -> i64 {
        self.0 & COUNTER_MAX
    }

    /// The number beside this one, see [`EntryId::beside`].
    #[must_use]
    pub(crate) const fn beside(self) -> Self {
        Self(self.0 | BESIDE)
    }

    /// Whether this number stands beside another one, and that one; itself otherwise.
    #[must_use]
    pub const fn beside_of(self) -> (bool, Self) {
        (self.0 & BESIDE != 0, Self(self.0 & !BESIDE))
    }

    /// The id of entry `index` of the op that starts here.
    ///
    /// # Errors
    /// [`IdError::Exhausted`] past the device's last number.
    pub fn entry(self, index: usize) -> Result<Self, IdError> {
        let step = i64::try_from(index).map_err(|_| IdError::Exhausted)?;
        let n = self.counter().checked_add(step).ok_or(IdError::Exhausted)?;
        self.device().id(n)
    }
}

macro_rules! id_of {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Id);

        impl $name {
            /// Checks a stored or received number.
            ///
            /// # Errors
            /// [`IdError::Id`] when it is no id.
            pub fn new(raw: i64) -> Result<Self, IdError> {
                Id::new(raw).map(Self)
            }

            /// The number as stored and sent.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0.get()
            }
        }
    )+};
}

id_of! {
    /// One local transaction of one device: its first number, which is also entry 0's id.
    OpId,
    /// A customer: internal, never a phone number (I1).
    CustomerId,
    /// A purchase.
    PurchaseId,
    /// A return or a void.
    ReturnId,
    /// A ledger entry, a consent, or any other entry of an op.
    EntryId,
    /// A gift certificate or a coupon with a number of its own: the entry that issued it.
    VoucherId,
}

impl EntryId {
    /// The number of a second question about the same entry: in the upper half of the counters, which no device ever comes to
    /// (a device's numbers have no gaps).
    #[must_use]
    pub const fn beside(self) -> Self {
        Self(self.0.beside())
    }
}

macro_rules! small_id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
    )+};
}

small_id! {
    /// A marketing instrument within the programme, from 1; kept through all its versions.
    InstrumentId,
    /// An outlet of the business, from 1.
    OutletId,
    /// A member of staff, from 1 (the founder).
    OperatorId,
    /// A role of staff, from 1: 1–3 are ready, the owner's own begin at 16.
    RoleId,
    /// A version of the programme, from 1; immutable once published (L9).
    ProgrammeVersion,
}

/// The business (tenant): 128 random bits drawn at founding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BusinessId(pub [u8; 16]);

/// A place in the authority's order, from 1; one op has one (sync §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(pub i64);

/// The reign of one authority: ordered by number, told apart by random bits (sync §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch {
    /// Grows by 1 at a restore, by 65,536 at a hand-over.
    pub number: u64,
    /// Distinguishes two epochs that were given the same number.
    pub random: u64,
}

/// The first 8 bytes of an op's first chain value, kept through every re-issue (sync §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BirthMark(pub [u8; 8]);

/// 8 bytes of the shell's request id: a second op that bears it gets effect 0 (sync §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestMark(pub [u8; 8]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_carries_its_device_and_counter() {
        let device = DeviceNo::new(7).expect("in range");
        let id = device.id(42).expect("in range");
        assert_eq!((id.device(), id.counter()), (device, 42));
        assert_eq!(Id::new(id.get()), Ok(id));
        assert_eq!(id.entry(3).map(Id::counter), Ok(45));
    }

    #[test]
    fn numbers_outside_the_range_are_no_ids() {
        for raw in [0, -1, 5, 1 << 40, i64::MIN, i64::MIN | 7] {
            assert_eq!(Id::new(raw), Err(IdError::Id(raw)), "{raw}");
        }
        assert!(Id::new(i64::MAX).is_ok());
        assert_eq!(DeviceNo::new(0), Err(IdError::Device(0)));
        assert_eq!(DeviceNo::new(1 << 23), Err(IdError::Device(1 << 23)));
        assert_eq!(DeviceNo::FOUNDER.id(1 << 40), Err(IdError::Exhausted));
    }
}
