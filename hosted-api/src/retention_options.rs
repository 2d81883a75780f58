//! The options of the command line that say how long things are kept.

use clap::Args;
use hosted_api::Retention;

/// See the module. The defaults are those of [`Retention`], which a test compares.
#[derive(Args)]
#[allow(clippy::struct_field_names, reason = "a field has the name of its option")]
pub(crate) struct RetentionOptions {
    /// How many days events stay in feeds. A device that was away longer takes a new snapshot.
    #[arg(long, env = "RINGSIDE_FEED_RETENTION_DAYS", default_value_t = 30,
          value_parser = clap::value_parser!(u32).range(1..=3650))]
    feed_retention_days: u32,
    /// How many days a device stays signed in that is not used.
    #[arg(long, env = "RINGSIDE_SIGN_IN_RETENTION_DAYS", default_value_t = 60,
          value_parser = clap::value_parser!(u32).range(1..=3650))]
    sign_in_retention_days: u32,
    /// How many days the answer to a request is kept, so that it is done once however often it is sent. More than a device
    /// stays signed in.
    #[arg(long, env = "RINGSIDE_ANSWER_RETENTION_DAYS", default_value_t = 61,
          value_parser = clap::value_parser!(u32).range(2..=3651))]
    answer_retention_days: u32,
    /// How many days a device is known on which nobody signs in.
    #[arg(long, env = "RINGSIDE_KNOWN_DEVICE_RETENTION_DAYS", default_value_t = 400,
          value_parser = clap::value_parser!(u32).range(1..=3650))]
    known_device_retention_days: u32,
    /// How many days the audit log goes back.
    #[arg(long, env = "RINGSIDE_AUDIT_RETENTION_DAYS", default_value_t = 1095,
          value_parser = clap::value_parser!(u32).range(1..=36500))]
    audit_retention_days: u32,
    /// How many days an upload is kept that nothing is added to, and a file that nothing names.
    #[arg(long, env = "RINGSIDE_FILE_RETENTION_DAYS", default_value_t = 7,
          value_parser = clap::value_parser!(u32).range(1..=3650))]
    file_retention_days: u32,
    /// How many days a file of another tracker is kept that was read and not imported.
    #[arg(long, env = "RINGSIDE_IMPORT_RETENTION_DAYS", default_value_t = 7,
          value_parser = clap::value_parser!(u32).range(1..=3650))]
    import_retention_days: u32,
}

impl From<RetentionOptions> for Retention {
    fn from(options: RetentionOptions) -> Self {
        Self {
            feeds: Self::days(options.feed_retention_days),
            sign_ins: Self::days(options.sign_in_retention_days),
            answers: Self::days(options.answer_retention_days),
            known_devices: Self::days(options.known_device_retention_days),
            audit: Self::days(options.audit_retention_days),
            files: Self::days(options.file_retention_days),
            imports: Self::days(options.import_retention_days),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Options {
        #[command(flatten)]
        retention: RetentionOptions,
    }

    #[test]
    fn the_defaults_are_those_of_the_server() {
        let options = Options::try_parse_from(["test"]).expect("nothing is required");
        assert_eq!(Retention::from(options.retention), Retention::default());
    }

    #[test]
    fn a_time_of_no_days_is_refused() {
        for option in ["--feed-retention-days", "--sign-in-retention-days", "--audit-retention-days"] {
            assert!(Options::try_parse_from(["test", option, "0"]).is_err(), "{option}");
        }
    }
}
