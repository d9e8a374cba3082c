//! Bad input gets a sentence a person can act on, and nothing is lost.

mod archive;
mod disk;
mod failing;
mod places;
mod server;
mod window;
