//! How often one peer may knock on routes that need no key: a token bucket per address, in bounded memory.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// Addresses remembered at once; beyond that the quietest are forgotten.
const PEERS_MAX: usize = 10_000;
/// One request in thousandths.
const ONE: i64 = 1_000;

/// A limit shared by all requests of a kind.
pub(crate) struct Rate {
    burst: i64,
    per_second: i64,
    peers: Mutex<BTreeMap<IpAddr, Bucket>>,
}

struct Bucket {
    /// What is left, in thousandths of a request.
    left: i64,
    at_ms: i64,
}

/// Whether a request may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    /// It may.
    Go,
    /// Not before so many seconds.
    Wait(u64),
}

impl Rate {
    /// Up to `burst` requests at once and `per_second` in the long run, for each peer.
    pub(crate) fn new(burst: u32, per_second: u32) -> Self {
        Self {
            burst: i64::from(burst) * ONE,
            per_second: i64::from(per_second).max(1),
            peers: Mutex::default(),
        }
    }

    /// Whether the peer's bucket holds a request.
    pub(crate) fn is_open(&self, peer: IpAddr, now_ms: i64) -> bool {
        let peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = peers.get(&network(peer));
        bucket.is_none_or(|bucket| self.refilled(bucket, now_ms) >= ONE)
    }

    /// Takes one request from the peer's bucket.
    pub(crate) fn take(&self, peer: IpAddr, now_ms: i64) -> Pass {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if peers.len() >= PEERS_MAX {
            self.forget_full(&mut peers, now_ms);
        }
        let bucket = peers.entry(network(peer)).or_insert(Bucket {
            left: self.burst,
            at_ms: now_ms,
        });
        bucket.left = self.refilled(bucket, now_ms);
        bucket.at_ms = now_ms;
        if bucket.left >= ONE {
            bucket.left -= ONE;
            return Pass::Go;
        }
        let missing = ONE - bucket.left;
        let seconds = missing.div_euclid(self.per_second * ONE) + 1;
        Pass::Wait(u64::try_from(seconds).unwrap_or(1))
    }

    /// Per second `per_second` requests come back: that many thousandths per millisecond.
    fn refilled(&self, bucket: &Bucket, now_ms: i64) -> i64 {
        let passed = now_ms.saturating_sub(bucket.at_ms).max(0);
        let more = passed.saturating_mul(self.per_second);
        bucket.left.saturating_add(more).min(self.burst)
    }

    /// Forgets peers whose bucket is full again; if all are busy, everybody begins anew.
    fn forget_full(&self, peers: &mut BTreeMap<IpAddr, Bucket>, now_ms: i64) {
        peers.retain(|_, bucket| self.refilled(bucket, now_ms) < self.burst);
        if peers.len() >= PEERS_MAX {
            peers.clear();
        }
    }
}

/// One household has one IPv4 address or a whole /64 of IPv6.
fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => {
            let bits = u128::from(address) & !u128::from(u64::MAX);
            match address.to_ipv4_mapped() {
                Some(mapped) => IpAddr::V4(mapped),
                None => IpAddr::V6(Ipv6Addr::from(bits)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let rate = Rate::new(3, 2);
        let mut passes = |now_ms| rate.take(PEER, now_ms) == Pass::Go;
        assert_eq!([0, 0, 0, 0].map(&mut passes), [true, true, true, false]);
        assert_eq!([500, 500].map(&mut passes), [true, false]);
        // A clock that goes back gives nothing.
        assert!(!passes(-9_000_000));
        let later = [10_000, 10_000, 10_000, 10_000].map(&mut passes);
        assert_eq!(later, [true, true, true, false]);
    }

    #[test]
    fn neighbours_do_not_share_a_bucket_but_a_household_does() {
        let rate = Rate::new(1, 1);
        let v6 = |text: &str| text.parse::<IpAddr>().expect("an address of the test");
        assert_eq!(rate.take(PEER, 0), Pass::Go);
        assert_eq!(rate.take(v6("2001:db8::1"), 0), Pass::Go);
        assert_ne!(rate.take(v6("2001:db8::2"), 0), Pass::Go);
        assert_ne!(rate.take(v6("::ffff:127.0.0.1"), 0), Pass::Go);
        assert_eq!(rate.take(v6("2001:db8:0:1::1"), 0), Pass::Go);
    }

    #[test]
    fn memory_is_bounded_whoever_knocks() {
        let rate = Rate::new(1, 1);
        for n in 0..30_000_u32 {
            let _ = rate.take(IpAddr::V4(n.into()), 0);
        }
        assert!(rate.peers.lock().expect("not poisoned").len() <= PEERS_MAX);
    }
}
