//! Fault injection: everything goes wrong on purpose, and afterwards everything must be right.
//!
//! [`simulation`] runs the desktop core on virtual time against a model of the server: thousands of runs, each the same
//! whenever its seed is the same. [`real`] does the same to the real programs: server, network and files.

pub mod people;
pub mod real;
pub mod simulation;
