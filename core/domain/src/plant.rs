//! Bugs planted on purpose, to show that the simulator finds them (sync §11).
//!
//! A planted bug is one line at its place: `if planted!(EpochIgnored) { … }`. Without the feature `plant`, which only
//! the tests' own build for `cargo xtask plant` asks for, that reads `if false { … }` and nothing of a bug is
//! compiled. With it all bugs are in one program, and `grow` chooses the one that is alive.

/// Whether a bug is alive here: never, without the feature `plant`.
#[macro_export]
#[cfg(feature = "plant")]
macro_rules! planted {
    ($bug:ident) => {
        $crate::plant::is_alive($crate::plant::Bug::$bug)
    };
}

/// Whether a bug is alive here: never, without the feature `plant`.
#[macro_export]
#[cfg(not(feature = "plant"))]
macro_rules! planted {
    ($bug:ident) => {
        false
    };
}

#[cfg(feature = "plant")]
mod garden {
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// The bugs that can be planted: those of sync §11 that the program can have by now, then our own.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Bug {
        /// A phone's commits are not flushed before they are pushed.
        NormalBeforePush,
        /// Cursors are saved before the rows they stand for.
        CursorOutsideRows,
        /// A batch that comes again after a lost answer is ordered again.
        LostAckReinserted,
        /// An answer clears what was committed after its request.
        OutboxClearedByLaterAck,
        /// Nobody compares the chain's value at the acked op.
        AckedHashIgnored,
        /// An op's bytes change when it is sent again.
        OpRestamped,
        /// A phone's wall clock is believed.
        ClockUnchecked,
        /// The moment that counts is not sent back to the op's author.
        TimeNotReturned,
        /// A pull replaces what a phone has claimed and not sent.
        PullOverwritesPending,
        /// A second void takes points back again.
        VoidTwice,
        /// Digests leave out the fields that this version does not know.
        DigestSkipsUnknown,
        /// A failed exchange arms no timer.
        NoTimerAfterFailure,
        /// A lower epoch is followed, and a higher one stops no server.
        EpochIgnored,
        /// A phone keeps months that the authority let go of.
        MonthDroppedOnOneSide,
        /// Any answer is used for any request.
        AnswerUnbound,
        /// An own value is let go of when it is acked, before its row has come.
        OwnValueDroppedAtAck,
        /// Our own, merge: a card in two hands makes one of two people who both have a name.
        MergeOfNamed,
        /// Our own, restore: a phone thinks a restored server still has what it had acked.
        RestoreKeepsOldAck,
        /// A restored server gives the numbers again that the lost one gave after the backup.
        RestoreReusesNumbers,
        /// An edit that comes after an erasure brings the name back.
        LateEditResurrects,
        /// Our own, erasure: of somebody with two ids only the one that was named is erased.
        ErasesOneId,
        /// Our own, restore: whom the lost server had erased is known again.
        ErasureListIgnored,
        /// Our own, restore: what only the lost server had shown counts as seen.
        LostOrderSeen,
        /// Our own, incarnations: a branch that comes a second time is ordered a second time.
        BranchCountsTwice,
        /// A server takes a business over whose sums differ from what it came to.
        HandoverMismatch,
        /// Our own, hand-over: what a founding phone sold while it waited for the server's word counts as told.
        WaitingClaimsTold,
        /// An undone merge loses what one of the two had.
        UndoLosesShare,
        /// A debit that comes after its lot was taken out gets nothing back.
        ExpiryBeatsDebit,
        /// Our own, expiry: points whose last day is over are spent.
        EndedPointsSpent,
    }

    impl Bug {
        /// All of them, in their order.
        pub const ALL: [Self; 29] = [
            Self::NormalBeforePush,
            Self::CursorOutsideRows,
            Self::LostAckReinserted,
            Self::OutboxClearedByLaterAck,
            Self::AckedHashIgnored,
            Self::OpRestamped,
            Self::ClockUnchecked,
            Self::TimeNotReturned,
            Self::PullOverwritesPending,
            Self::VoidTwice,
            Self::DigestSkipsUnknown,
            Self::NoTimerAfterFailure,
            Self::EpochIgnored,
            Self::MonthDroppedOnOneSide,
            Self::AnswerUnbound,
            Self::OwnValueDroppedAtAck,
            Self::MergeOfNamed,
            Self::RestoreKeepsOldAck,
            Self::RestoreReusesNumbers,
            Self::LateEditResurrects,
            Self::ErasesOneId,
            Self::ErasureListIgnored,
            Self::LostOrderSeen,
            Self::BranchCountsTwice,
            Self::HandoverMismatch,
            Self::WaitingClaimsTold,
            Self::UndoLosesShare,
            Self::ExpiryBeatsDebit,
            Self::EndedPointsSpent,
        ];
    }

    /// The place of the living bug in the list, and one more; 0 = none.
    static ALIVE: AtomicUsize = AtomicUsize::new(0);

    /// Lets one bug live in this program, or none.
    pub fn grow(bug: Option<Bug>) {
        ALIVE.store(bug.map_or(0, |bug| bug as usize + 1), Ordering::Relaxed);
    }

    /// Whether a bug lives.
    #[must_use]
    pub fn is_alive(bug: Bug) -> bool {
        ALIVE.load(Ordering::Relaxed) == bug as usize + 1
    }
}

#[cfg(feature = "plant")]
pub use garden::{Bug, grow, is_alive};
