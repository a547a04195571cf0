//! The sync server with its owner and customer pages.
