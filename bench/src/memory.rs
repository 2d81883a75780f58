//! Memory of an application and everything it started.

use crate::Problem;
use crate::process::proportional_set_size;

/// Proportional set size, in bytes, of the process named `name` among the descendants of `ancestor`, and of its own
/// descendants.
pub(crate) fn of_application(ancestor: u32, name: &str) -> Result<u64, Problem> {
    let processes = system_tests::application(ancestor, name)?;
    processes.into_iter().map(proportional_set_size).sum()
}
