//! Chance from a seed: every throw is named, so that a run that was stopped goes on as if it had not been.

/// What is thrown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Throw {
    /// The phone that does it.
    Phone = 1,
    /// How long a phone is away from the network.
    Away,
    /// Whether and how points are spent.
    Spend,
    /// Whether goods come back, how many and when.
    Return,
    /// Whether the cashier mistypes and undoes it.
    Mistype,
    /// Cash or card.
    Tender,
    /// The name and number of a new customer.
    Person,
    /// How a card lies before the camera.
    Scene,
}

/// A die of a seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dice {
    seed: u64,
}

impl Dice {
    /// The same seed throws the same.
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// 64 bits for the `n`th throw of a kind.
    pub(crate) const fn throw(self, what: Throw, n: u64) -> u64 {
        let named = mix(self.seed).wrapping_add(what as u64);
        mix(mix(named).wrapping_add(n))
    }

    /// 0 … `sides` − 1; 0 without sides.
    pub(crate) const fn below(self, what: Throw, n: u64, sides: u64) -> u64 {
        match self.throw(what, n).checked_rem(sides) {
            Some(side) => side,
            None => 0,
        }
    }
}

/// SplitMix64's last step: every number goes to another one, and none to the same.
pub(crate) const fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let throws = |seed| -> Vec<u64> {
            let dice = Dice::new(seed);
            (0..100).map(|n| dice.below(Throw::Phone, n, 3)).collect()
        };
        assert_eq!(throws(1), throws(1));
        assert_ne!(throws(1), throws(2));
        let dice = Dice::new(1);
        assert_ne!(dice.throw(Throw::Phone, 7), dice.throw(Throw::Away, 7));
        assert_eq!(dice.below(Throw::Phone, 7, 0), 0);
        for side in 0..3 {
            let times = throws(1)
                .into_iter()
                .filter(|thrown| *thrown == side)
                .count();
            assert!((20..=47).contains(&times), "{side}: {times} of 100");
        }
    }
}
