//! The phone: use cases, queries, local store, sync client, scanner.
