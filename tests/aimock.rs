//! aimock
