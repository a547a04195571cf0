//! Splitting an amount over lines, exactly (D3).

use crate::money::{Money, Overflow, Points};

/// Why an amount can't be split over the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Allocate {
    /// The amount is above the sum of the lines, or below zero.
    #[error("more is taken off than the receipt costs")]
    MoreThanReceipt,
    /// A sum left 64 bits.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Splits `amount` over `weights` in proportion: largest remainder, ties to the earlier line (D3).
///
/// Every share is ≤ its weight, and the shares sum to `amount` exactly.
///
/// # Errors
/// [`Allocate::MoreThanReceipt`] if `amount` is above the sum of the weights or something is negative.
pub fn allocate(amount: Money, weights: &[Money]) -> Result<Vec<Money>, Allocate> {
    let total = Money::total(weights.iter().copied())?;
    if amount.0 < 0 || amount > total || weights.iter().any(|w| w.0 < 0) {
        return Err(Allocate::MoreThanReceipt);
    }
    split(amount.0, weights, total.0).map(|shares| shares.into_iter().map(Money).collect())
}

/// Splits `points` like the money they paid: in proportion to `values`, exactly (X3).
///
/// # Errors
/// [`Allocate::MoreThanReceipt`] if something is negative, or there are points but no value.
pub fn allocate_points(points: Points, values: &[Money]) -> Result<Vec<Points>, Allocate> {
    let total = Money::total(values.iter().copied())?;
    if points.0 < 0 || values.iter().any(|v| v.0 < 0) || (points.0 > 0 && total.0 == 0) {
        return Err(Allocate::MoreThanReceipt);
    }
    split(points.0, values, total.0).map(|shares| shares.into_iter().map(Points).collect())
}

fn split(amount: i64, weights: &[Money], total: i64) -> Result<Vec<i64>, Allocate> {
    if total == 0 {
        return Ok(vec![0; weights.len()]);
    }
    let (amount, total) = (i128::from(amount), i128::from(total));
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = amount;
    for (place, weight) in weights.iter().enumerate() {
        let product = amount * i128::from(weight.0);
        let share = product / total;
        left -= share;
        shares.push(i64::try_from(share).map_err(|_| Overflow)?);
        remainders.push((product % total, place));
    }
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    // There are fewer units left than lines with a remainder, so each gets at most one.
    for (_, place) in remainders {
        if left == 0 {
            break;
        }
        shares[place] += 1;
        left -= 1;
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(amount: i64, weights: &[i64], want: &[i64]) {
        let weights: Vec<Money> = weights.iter().copied().map(Money).collect();
        let got = allocate(Money(amount), &weights)
            .map(|s| s.into_iter().map(|m| m.0).collect::<Vec<_>>());
        assert_eq!(got, Ok(want.to_vec()), "{amount} over {weights:?}");
    }

    #[test]
    fn shares_are_exact_and_ties_go_to_the_earlier_line() {
        check(10, &[100, 100, 100], &[4, 3, 3]);
        check(1, &[1, 1], &[1, 0]);
        check(5, &[0, 10], &[0, 5]);
        check(0, &[0, 0], &[0, 0]);
        check(300, &[100, 200], &[100, 200]);
        assert_eq!(
            allocate(Money(4), &[Money(3)]),
            Err(Allocate::MoreThanReceipt)
        );
        assert_eq!(
            allocate(Money(-1), &[Money(3)]),
            Err(Allocate::MoreThanReceipt)
        );
    }
}
