//! Names for customers of a file that has only numbers: made up, so that search has something to find.

use super::dice::{Dice, Throw};

/// Someone who does not exist.
pub(crate) struct Person {
    /// Given name.
    pub(crate) given: &'static str,
    /// Family name.
    pub(crate) family: &'static str,
    /// A national number that no telephone has: its exchange begins with 0.
    pub(crate) phone: String,
    /// Whether they agree to news and offers.
    pub(crate) agrees: bool,
}

const GIVEN: [&str; 32] = [
    "Ada", "Amir", "Anna", "Ben", "Carla", "Chen", "Dana", "David", "Elena", "Emil", "Fatima",
    "Felix", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jana", "Jonas", "Kira", "Leo", "Lina",
    "Marta", "Nils", "Olena", "Omar", "Paula", "Rosa", "Sam", "Taras", "Vera", "Yuki",
];

const FAMILY: [&str; 32] = [
    "Adler",
    "Baker",
    "Bondar",
    "Castro",
    "Cohen",
    "Cruz",
    "Dvorak",
    "Evans",
    "Fischer",
    "Garcia",
    "Hansen",
    "Hoang",
    "Ito",
    "Jensen",
    "Kaya",
    "Klein",
    "Koval",
    "Lopez",
    "Meyer",
    "Moreau",
    "Novak",
    "Okafor",
    "Park",
    "Petrenko",
    "Rossi",
    "Sato",
    "Silva",
    "Singh",
    "Smith",
    "Tanaka",
    "Weber",
    "Zielinski",
];

/// The person behind a number of the file.
pub(crate) fn person(dice: Dice, customer: u32) -> Person {
    let thrown = dice.throw(Throw::Person, u64::from(customer));
    let pick =
        |names: &[&'static str; 32], shift: u32| names[usize::from((thrown >> shift) as u8 & 31)];
    Person {
        given: pick(&GIVEN, 0),
        family: pick(&FAMILY, 8),
        phone: format!("{}{:07}", 200 + customer / 1_000_000, customer % 1_000_000),
        agrees: thrown >> 16 & 3 != 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_number_of_their_own() {
        let dice = Dice::new(1);
        let numbers = [0, 1, 23_570, 999_999, 1_000_000, u32::MAX].map(|n| person(dice, n).phone);
        let all: std::collections::BTreeSet<&String> = numbers.iter().collect();
        assert_eq!(all.len(), numbers.len(), "{numbers:?}");
        assert_eq!(numbers[2], "2000023570");
        assert_eq!(person(dice, 5).given, person(dice, 5).given);
    }
}
