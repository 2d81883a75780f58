//! The desktop core.
pub mod bridge;
mod typescript;
pub use typescript::typescript;
