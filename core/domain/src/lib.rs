//! Pure rules of Kartka: customers, cards, instruments, ledger, quote.
