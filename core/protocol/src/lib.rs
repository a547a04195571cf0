//! Wire types and codecs of the sync protocol, shared by phone and server.
