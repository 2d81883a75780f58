//! `ringside-api release …`: what an operator publishes, and whom it is offered to.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use hosted_api::{
    Change, Channel, DatabaseUrl, Percent, Publication, Published, ReleaseSummary, change_release, list_releases,
    publish_release,
};
use semver::Version;

use crate::output::{ErrorOutput, created_database, print, print_if_possible};

/// The default language of notes.
const ENGLISH: &str = "en";

#[derive(Subcommand)]
pub(crate) enum Release {
    /// Publishes a release, or more artefacts for one. All of it is checked before any of it is stored.
    Publish(Publish),
    /// Lists what is published, the oldest first.
    List,
    /// Sets how many installations a release is offered to.
    Rollout {
        #[command(flatten)]
        id: ReleaseId,
        /// Percent of the installations, 0 to 100.
        #[arg(long, value_parser = percent, allow_negative_numbers = true)]
        percent: Percent,
    },
    /// Offers a release to nobody any more. Who has it keeps it.
    Halt {
        #[command(flatten)]
        id: ReleaseId,
    },
    /// Offers a release again that was halted.
    Resume {
        #[command(flatten)]
        id: ReleaseId,
    },
}

#[derive(Args)]
pub(crate) struct ReleaseId {
    /// `stable` or `beta`.
    #[arg(long, value_parser = channel)]
    channel: Channel,
    /// The release's version.
    #[arg(long, value_parser = version)]
    version: Version,
}

#[derive(Args)]
pub(crate) struct Publish {
    #[command(flatten)]
    id: ReleaseId,
    /// What is new, as `en=TEXT`, once for each language; English if it names none.
    #[arg(long = "notes", value_name = "[LANGUAGE=]TEXT", value_parser = notes)]
    notes: Vec<(String, String)>,
    /// Percent of the installations a new release is offered to; 100 if absent. One that is there keeps its own.
    #[arg(long, value_parser = percent, allow_negative_numbers = true)]
    rollout: Option<Percent>,
    /// The lowest version that may take it. One below is offered another release first.
    #[arg(long, value_name = "VERSION", value_parser = version)]
    requires: Option<Version>,
    #[command(flatten)]
    verification: Verification,
    /// Artefacts as tauri's bundler names them, and the signature of each (its name and `.sig`), in any order.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// What artefacts are verified with: one of these must be given, so that nothing goes unverified by an oversight.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Verification {
    /// The public key's file. Every artefact is verified with it and its signature; one that was changed, or signed by
    /// another key, is refused.
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// Verifies nothing: an artefact that was changed after it was signed is published, and every desktop refuses it.
    #[arg(long)]
    unverified: bool,
}

/// Why the command could not be run.
#[derive(Debug, thiserror::Error)]
enum ReleaseError {
    #[error("there is no place for artefacts: set RINGSIDE_DATA_DIR to a directory")]
    NoDirectory,
    #[error("{} can't be read", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("notes in {0} are given twice")]
    SameLanguage(String),
}

impl Release {
    /// Whether it may create a missing database.
    pub(crate) fn may_create_database(&self) -> bool {
        matches!(self, Self::Publish(_))
    }

    /// Runs the command and prints what was done.
    pub(crate) async fn run(
        self,
        database: &DatabaseUrl,
        artefacts: Option<PathBuf>,
        errors: &ErrorOutput,
    ) -> Result<(), Box<dyn Error>> {
        let (id, change) = match self {
            Self::Publish(publish) => {
                let (channel, publication) = (publish.id.channel.word(), publish.publication()?);
                let directory = artefacts.ok_or(ReleaseError::NoDirectory)?;
                let was_missing = database.is_missing();
                let published = publish_release(database, &directory, &publication).await?;
                print_if_possible(publish_summary(channel, &publication, &published));
                if was_missing {
                    errors.write_line(&created_database(database));
                }
                if publication.public_key.is_none() {
                    errors.write_line("warning: nothing was verified; desktops refuse what their key did not sign");
                }
                return Ok(());
            }
            Self::List => {
                let listed = list_releases(database).await?;
                if listed.is_empty() {
                    print(format_args!("no releases on stable or beta in {database}"))?;
                }
                for listed in listed {
                    print(list_line(&listed))?;
                }
                return Ok(());
            }
            Self::Rollout { id, percent } => (id, Change::Rollout(percent)),
            Self::Halt { id } => (id, Change::Halt),
            Self::Resume { id } => (id, Change::Resume),
        };
        let listed = change_release(database, id.channel, &id.version, change).await?;
        let offered = offer_summary(listed.rollout, listed.halted);
        print_if_possible(format_args!("{} on {}: {offered}", listed.version, listed.channel.word()));
        Ok(())
    }
}

impl Publish {
    fn publication(self) -> Result<Publication, ReleaseError> {
        let mut notes = BTreeMap::new();
        for (language, text) in self.notes {
            if notes.insert(language.clone(), text).is_some() {
                return Err(ReleaseError::SameLanguage(language));
            }
        }
        let read = |path: PathBuf| match std::fs::read_to_string(&path) {
            Ok(text) => Ok(text),
            Err(source) => Err(ReleaseError::Unreadable { path, source }),
        };
        Ok(Publication {
            channel: self.id.channel,
            version: self.id.version,
            notes,
            rollout: self.rollout,
            requires: self.requires,
            public_key: self.verification.public_key.map(read).transpose()?,
            files: self.files,
        })
    }
}

/// Describes what publishing has done.
fn publish_summary(channel: &str, publication: &Publication, published: &Published) -> String {
    let Publication { version, rollout, .. } = publication;
    let mut offered = offer_summary(published.rollout, published.halted);
    if rollout.is_some_and(|rollout| rollout != published.rollout) {
        offered.push_str(", which `release rollout` changes and publishing again does not");
    }
    if published.added.is_empty() {
        return format!("{version} was on {channel} already, {offered}; no artefact is new");
    }
    format!("published {version} on {channel} for {}: {offered}", published.added.join(", "))
}

fn list_line(listed: &ReleaseSummary) -> String {
    let ReleaseSummary { channel, version, rollout, halted, requires, published_at, platforms } = listed;
    let requires = requires.as_ref().map(|lowest| format!(" from {lowest} on")).unwrap_or_default();
    let offered = offer_summary(*rollout, *halted);
    format!("{} {version}, {published_at}: {offered}{requires}; {}", channel.word(), platforms.join(", "))
}

/// Describes whom a release is offered to.
fn offer_summary(rollout: Percent, halted: bool) -> String {
    let percent = rollout.get();
    if halted {
        return format!("halted, offered to nobody (to {percent} % of the installations when it is resumed)");
    }
    format!("offered to {percent} % of the installations")
}

fn channel(text: &str) -> Result<Channel, &'static str> {
    Channel::from_word(text).ok_or("a channel is stable or beta")
}

fn percent(text: &str) -> Result<Percent, &'static str> {
    text.parse().ok().and_then(Percent::new).ok_or("a percentage is 0 to 100")
}

fn version(text: &str) -> Result<Version, &'static str> {
    text.parse().map_err(|_| "a version looks like 1.2.3 or 1.2.3-beta.1")
}

/// Notes with their language.
fn notes(text: &str) -> Result<(String, String), &'static str> {
    let is_language = |word: &str| word.len() == 2 && word.bytes().all(|b| b.is_ascii_lowercase());
    let (language, notes) = match text.split_once('=') {
        Some((language, notes)) if is_language(language) => (language, notes),
        _ => (ENGLISH, text),
    };
    if notes.trim().is_empty() {
        return Err("notes say something, such as en=\"What is new\"");
    }
    Ok((language.to_owned(), notes.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_without_a_language_are_english() {
        for (text, language, expected) in [
            ("de=Neues", "de", "Neues"),
            ("What is new", "en", "What is new"),
            ("a = b", "en", "a = b"),
            ("en=x=y", "en", "x=y"),
            ("note=worthy", "en", "note=worthy"),
        ] {
            assert_eq!(notes(text), Ok((language.to_owned(), expected.to_owned())));
        }
        assert!(notes("").is_err() && notes("de= ").is_err());
    }

    fn publication(rollout: &str) -> Publication {
        Publication {
            channel: Channel::Stable,
            version: Version::new(0, 2, 0),
            notes: BTreeMap::new(),
            rollout: Some(percent(rollout).expect("a percentage")),
            requires: None,
            public_key: None,
            files: Vec::new(),
        }
    }

    #[test]
    fn the_summary_names_platforms_and_rollout() {
        let rollout = percent("10").expect("a percentage");
        let platforms = vec!["linux-x86_64-deb".to_owned(), "darwin-aarch64-app".to_owned()];
        let new = Published { added: platforms, rollout, halted: false };
        let expected =
            "published 0.2.0 on stable for linux-x86_64-deb, darwin-aarch64-app: offered to 10 % of the installations";
        assert_eq!(publish_summary("stable", &publication("10"), &new), expected);
        let again = Published { added: Vec::new(), ..new };
        let expected = "0.2.0 was on stable already, offered to 10 % of the installations; no artefact is new";
        assert_eq!(publish_summary("stable", &publication("10"), &again), expected);
        assert!(percent("101").is_err() && percent("-1").is_err());
    }

    #[test]
    fn the_summary_says_that_publishing_again_kept_the_rollout() {
        let rollout = percent("50").expect("a percentage");
        let again = Published { added: Vec::new(), rollout, halted: false };
        let expected = "0.2.0 was on stable already, offered to 50 % of the installations, which `release rollout` changes and \
                    publishing again does not; no artefact is new";
        assert_eq!(publish_summary("stable", &publication("10"), &again), expected);
    }
}
