//! `ringside-api admin …`: studios, links for people, and whether all is well.

use std::error::Error;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use hosted_api::{
    DatabaseUrl, Health, Invitation, InvitationPurpose, Locale, NewStudio, PublicUrl, Rebuilt, back_up, begin_epochs,
    create_studio, examine, invite_person, rebuild,
};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use qrcode::types::QrError;
use training::Timestamp;

use crate::import_command::ImportCommand;
use crate::output::{ErrorOutput, created_database, print, print_if_possible};

#[derive(Subcommand)]
pub(crate) enum Admin {
    /// Creates a studio and prints a link by which its first admin sets a password.
    CreateStudio {
        /// The studio's name.
        #[arg(long)]
        name: String,
        /// The admin's e-mail address.
        #[arg(long)]
        email: String,
        /// The admin's name.
        #[arg(long)]
        admin_name: String,
        /// The language of the studio and its admin.
        #[arg(long, value_enum, default_value_t = Language::De)]
        locale: Language,
        /// The studio's time zone, such as Europe/Berlin; this machine's if absent.
        #[arg(long)]
        time_zone: Option<String>,
        /// Reads the admin's password from standard input instead of printing a link.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Prints a new link for somebody.
    Invite {
        /// Their e-mail address.
        email: String,
        /// Also if they have a password: they are signed out on every device, and the link sets another.
        #[arg(long)]
        reset: bool,
    },
    /// Checks the database, the clock, the data directory and the public address, and says what to do.
    Doctor,
    /// Copies the SQLite database into a file, also while a server runs. (For Postgres there is `pg_dump`.)
    Backup {
        /// The file, which must not exist.
        file: PathBuf,
    },
    /// Says what a file of another tracker holds, without the database and without storing anything.
    Import(ImportCommand),
    /// Makes a restored database safe to serve: desktops take a new snapshot. Run it before the server starts.
    Restored,
    /// Makes everything anew that is derived from sessions (sets, statistics, bests, records), and says what was stored
    /// otherwise; then the exit status is 1. Also while a server runs.
    Rebuild,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// German.
    De,
    /// Portuguese.
    Pt,
    /// English.
    En,
}

/// At least one check found a problem.
#[derive(Debug, thiserror::Error)]
#[error("there are problems")]
struct ProblemsFound;

/// Something was stored otherwise than it follows from sessions.
#[derive(Debug, thiserror::Error)]
#[error("there were differences, and there are none any more")]
struct DifferencesFound;

/// Where links lead.
pub(crate) struct Address {
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) listen: SocketAddr,
}

impl Admin {
    /// Whether it may create a missing database, and the data directory for it.
    pub(crate) fn may_create_database(&self) -> bool {
        matches!(self, Self::CreateStudio { .. })
    }

    /// Runs the command and prints what was asked for.
    pub(crate) async fn run(
        self,
        database: &DatabaseUrl,
        data_dir: Option<&Path>,
        address: Address,
        errors: &ErrorOutput,
    ) -> Result<(), Box<dyn Error>> {
        match self {
            Self::CreateStudio { name, email, admin_name, locale, time_zone, password_stdin } => {
                let password = if password_stdin { Some(password()?) } else { None };
                let studio = NewStudio {
                    name: &name,
                    admin_email: &email,
                    admin_name: &admin_name,
                    admin_password: password.as_deref(),
                    locale: locale.into(),
                    time_zone: time_zone.as_deref(),
                };
                let was_missing = database.is_missing();
                let created = create_studio(database, &studio, &address.url()?).await?;
                errors.write_line(&if was_missing {
                    created_database(database)
                } else {
                    known_database(database, created.is_first)
                });
                match created.invitation {
                    Some(invitation) => address.print(&invitation, errors)?,
                    None => print_if_possible(format_args!("the studio {name} is ready; {email} can sign in")),
                }
            }
            Self::Invite { email, reset } => {
                let invitation = invite_person(database, &email, reset, &address.url()?).await?;
                if invitation.purpose == InvitationPurpose::Reset {
                    errors.write_line(&format!("{email} is signed out on every device until the link is used"));
                }
                address.print(&invitation, errors)?;
            }
            Self::Doctor => doctor(database, data_dir, &address).await?,
            Self::Backup { file } => {
                let size = back_up(database, &file).await?;
                print_if_possible(format_args!("{} has {database}, {size} bytes", file.display()));
            }
            Self::Import(import) => import.run()?,
            Self::Restored => {
                let feeds = begin_epochs(database).await?;
                print_if_possible(format_args!("feeds begun anew: {feeds}; desktops take a new snapshot"));
            }
            Self::Rebuild => print_rebuilt(&rebuild(database).await?)?,
        }
        Ok(())
    }
}

fn print_rebuilt(rebuilt: &Rebuilt) -> Result<(), Box<dyn Error>> {
    let Rebuilt { athletes, sessions, projected, differences } = rebuilt;
    for (athlete, difference) in differences {
        print(format_args!("athlete {athlete}: {difference} differed"))?;
    }
    let count = differences.len();
    print(format_args!(
        "athletes: {athletes}, sessions: {sessions}, newly derived: {projected}, differences: {count}"
    ))?;
    if differences.is_empty() { Ok(()) } else { Err(DifferencesFound.into()) }
}

async fn doctor(database: &DatabaseUrl, data_dir: Option<&Path>, address: &Address) -> Result<(), Box<dyn Error>> {
    let checks = examine(database, data_dir, address.public_url.as_ref()).await;
    for check in &checks {
        let word = match check.health {
            Health::Ok => "ok",
            Health::Warning => "warning",
            Health::Problem => "problem",
        };
        print(format_args!("{word:<8} {:<15} {}", check.what, check.finding))?;
    }
    if checks.iter().any(|check| check.health == Health::Problem) { Err(ProblemsFound.into()) } else { Ok(()) }
}

impl Address {
    fn url(&self) -> Result<PublicUrl, Box<dyn Error>> {
        Ok(self.public_url.clone().map_or_else(|| PublicUrl::of_address(self.listen), Ok)?)
    }

    /// Prints a link; in a terminal its QR code too, for whoever has the application on another machine.
    fn print(&self, invitation: &Invitation, errors: &ErrorOutput) -> Result<(), Box<dyn Error>> {
        print(&invitation.link)?;
        if std::io::stdout().is_terminal() {
            print(format_args!("\n{}", qr_code(&invitation.link)?))?;
        }
        errors.write_line(&format!("the link works once, until {}", minute(invitation.expires_at)));
        if self.public_url.is_none() {
            errors.write_line(&format!(
                "warning: RINGSIDE_PUBLIC_URL is not set, so the link leads to {}; from other machines it may lead \
                 nowhere",
                self.url()?.as_str()
            ));
        }
        Ok(())
    }
}

/// An instant as people read it.
fn minute(at: Timestamp) -> String {
    let known = jiff::Timestamp::from_millisecond(at.as_millisecond());
    known.map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// Says which database a studio was added to, so that whoever meant another one notices.
fn known_database(database: &DatabaseUrl, is_first: bool) -> String {
    let others = if is_first { "without a studio" } else { "with other studios" };
    format!("the studio is in {database}, which was there already, {others}")
}

/// The QR code of a text, black on white whatever the terminal's colours: many cameras read no other.
fn qr_code(text: &str) -> Result<String, QrError> {
    const BLACK_ON_WHITE: &str = "\x1b[30;107m";
    const AS_BEFORE: &str = "\x1b[0m";
    let drawn = QrCode::new(text)?.render::<Dense1x2>().build();
    // Line by line, or the terminal fills the rest of a line as well.
    let lines: Vec<String> = drawn.lines().map(|line| format!("{BLACK_ON_WHITE}{line}{AS_BEFORE}")).collect();
    Ok(lines.join("\n"))
}

impl From<Language> for Locale {
    fn from(language: Language) -> Self {
        match language {
            Language::De => Self::De,
            Language::Pt => Self::Pt,
            Language::En => Self::En,
        }
    }
}

/// The first line of standard input.
fn password() -> std::io::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use hosted_api::Difference;

    use super::*;

    #[test]
    fn what_differed_is_said_by_the_exit_status() {
        assert!(print_rebuilt(&Rebuilt { athletes: 1, sessions: 3, ..Rebuilt::default() }).is_ok());
        let difference = ("00000000-0000-0000-0000-000000000001".parse().expect("an id"), Difference::Records);
        let found = Rebuilt { athletes: 1, differences: vec![difference], ..Rebuilt::default() };
        assert!(print_rebuilt(&found).is_err());
    }
}
