//! Files of other trackers: read, shown, committed and taken back, by the athlete or the trainer they are assigned to.

pub(crate) mod commit;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod read_file;
pub(crate) mod take_back;
