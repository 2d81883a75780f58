//! Releases and their artefacts. The bytes of artefacts are stored outside the database.

use semver::Version;
use sqlx::FromRow;
use training::Timestamp;

use super::{Store, StoreError, Tx, codec};
use crate::updates::{Channel, Notes, Percent, Platform, Release};

/// Reads and locks a release: transactions that change it wait for this one.
const LOCK_RELEASE: &str = "UPDATE releases SET rollout = rollout WHERE channel = $1 AND version = $2 \
                    RETURNING channel, version, notes, requires, rollout, halted, published_at";

/// A release with everything stored about it except its artefacts.
pub(crate) struct ReleaseRow {
    pub(crate) release: Release,
    pub(crate) notes: Notes,
    pub(crate) published_at: Timestamp,
}

/// An artefact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArtefactRow {
    pub(crate) platform: Platform,
    /// SHA-256 of its bytes, in hexadecimal.
    pub(crate) hash: String,
    pub(crate) file_name: String,
    /// The contents of its `.sig` file.
    pub(crate) signature: String,
}

#[derive(FromRow)]
struct Row {
    channel: String,
    version: String,
    notes: String,
    requires: Option<String>,
    rollout: i64,
    halted: i64,
    published_at: i64,
}

#[derive(FromRow)]
struct Artefact {
    target: String,
    arch: String,
    bundle: String,
    hash: String,
    file_name: String,
    signature: String,
}

#[derive(FromRow)]
struct ChannelArtefact {
    channel: String,
    #[sqlx(flatten)]
    artefact: Artefact,
}

impl Store {
    /// Whether an artefact with these bytes and this name was published.
    pub(crate) async fn artefact_exists(&self, hash: &str, file_name: &str) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM artefacts WHERE hash = $1 AND file_name = $2";
        let found: i64 = sqlx::query_scalar(sql).bind(hash).bind(file_name).fetch_one(&self.reader).await?;
        Ok(found > 0)
    }
}

impl Tx {
    /// All releases, in the order they were published.
    pub(crate) async fn releases(&mut self) -> Result<Vec<ReleaseRow>, StoreError> {
        let sql = "SELECT channel, version, notes, requires, rollout, halted, published_at FROM releases \
                   ORDER BY published_at, channel, version";
        let rows: Vec<Row> = sqlx::query_as(sql).fetch_all(&mut *self.0).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// All releases with an artefact for a platform.
    pub(crate) async fn releases_for(&mut self, platform: Platform) -> Result<Vec<ReleaseRow>, StoreError> {
        let sql = "SELECT r.channel, r.version, r.notes, r.requires, r.rollout, r.halted, r.published_at \
                   FROM releases r JOIN artefacts a ON a.channel = r.channel AND a.version = r.version \
                   WHERE a.target = $1 AND a.arch = $2 AND a.bundle = $3";
        let rows: Vec<Row> = sqlx::query_as(sql)
            .bind(platform.target.word())
            .bind(platform.arch.word())
            .bind(platform.bundle.word())
            .fetch_all(&mut *self.0)
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// A release, locked until this transaction ends.
    pub(crate) async fn lock_release(
        &mut self,
        channel: Channel,
        version: &Version,
    ) -> Result<Option<ReleaseRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(LOCK_RELEASE)
            .bind(channel.word())
            .bind(version.to_string())
            .fetch_optional(&mut *self.0)
            .await?;
        row.map(Row::read).transpose()
    }

    /// Adds a release unless it exists, locks it and returns it as stored. Waits for another transaction that is adding
    /// it.
    pub(crate) async fn add_release(
        &mut self,
        release: &Release,
        notes: &Notes,
        at: Timestamp,
    ) -> Result<ReleaseRow, StoreError> {
        let sql = "INSERT INTO releases (channel, version, notes, requires, rollout, halted, published_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (channel, version) DO NOTHING";
        let (channel, version) = (release.channel.word(), release.version.to_string());
        sqlx::query(sql)
            .bind(channel)
            .bind(&version)
            .bind(codec::json(notes)?)
            .bind(release.requires.as_ref().map(Version::to_string))
            .bind(i64::from(release.rollout.get()))
            .bind(i64::from(release.halted))
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        let row: Row = sqlx::query_as(LOCK_RELEASE).bind(channel).bind(&version).fetch_one(&mut *self.0).await?;
        row.read()
    }

    /// Stores a release that was locked in this transaction, as it is now.
    pub(crate) async fn save_release(&mut self, release: &Release, notes: &Notes) -> Result<(), StoreError> {
        let sql = "UPDATE releases SET notes = $3, rollout = $4, halted = $5 WHERE channel = $1 AND version = $2";
        sqlx::query(sql)
            .bind(release.channel.word())
            .bind(release.version.to_string())
            .bind(codec::json(notes)?)
            .bind(i64::from(release.rollout.get()))
            .bind(i64::from(release.halted))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// A version's artefacts in all channels.
    pub(crate) async fn artefacts_of(&mut self, version: &Version) -> Result<Vec<(Channel, ArtefactRow)>, StoreError> {
        let sql = "SELECT channel, target, arch, bundle, hash, file_name, signature FROM artefacts WHERE version = $1 \
                   ORDER BY target, arch, bundle";
        let rows: Vec<ChannelArtefact> = sqlx::query_as(sql).bind(version.to_string()).fetch_all(&mut *self.0).await?;
        rows.into_iter().map(|row| Ok((read_channel(&row.channel)?, row.artefact.read()?))).collect()
    }

    /// A release's artefact for a platform.
    pub(crate) async fn artefact(
        &mut self,
        release: &Release,
        platform: Platform,
    ) -> Result<Option<ArtefactRow>, StoreError> {
        let sql = "SELECT target, arch, bundle, hash, file_name, signature FROM artefacts \
                   WHERE channel = $1 AND version = $2 AND target = $3 AND arch = $4 AND bundle = $5";
        let row: Option<Artefact> = sqlx::query_as(sql)
            .bind(release.channel.word())
            .bind(release.version.to_string())
            .bind(platform.target.word())
            .bind(platform.arch.word())
            .bind(platform.bundle.word())
            .fetch_optional(&mut *self.0)
            .await?;
        row.map(Artefact::read).transpose()
    }

    /// Adds an artefact to a release.
    pub(crate) async fn add_artefact(&mut self, release: &Release, artefact: &ArtefactRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO artefacts (channel, version, target, arch, bundle, hash, file_name, signature) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        sqlx::query(sql)
            .bind(release.channel.word())
            .bind(release.version.to_string())
            .bind(artefact.platform.target.word())
            .bind(artefact.platform.arch.word())
            .bind(artefact.platform.bundle.word())
            .bind(&artefact.hash)
            .bind(&artefact.file_name)
            .bind(&artefact.signature)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}

impl Row {
    fn read(self) -> Result<ReleaseRow, StoreError> {
        let version = |text: String| codec::from_word("version", text);
        let rollout = u8::try_from(self.rollout).ok().and_then(Percent::new);
        Ok(ReleaseRow {
            release: Release {
                channel: read_channel(&self.channel)?,
                version: version(self.version)?,
                requires: self.requires.map(version).transpose()?,
                rollout: rollout.ok_or_else(|| codec::unreadable("rollout", "no percentage"))?,
                halted: self.halted == 1,
            },
            notes: codec::from_json("note", &self.notes)?,
            published_at: codec::instant(self.published_at)?,
        })
    }
}

impl Artefact {
    fn read(self) -> Result<ArtefactRow, StoreError> {
        let platform = Platform::named(&self.target, &self.arch, &self.bundle);
        Ok(ArtefactRow {
            platform: platform.ok_or_else(|| codec::unreadable("platform", "no words we know"))?,
            hash: self.hash,
            file_name: self.file_name,
            signature: self.signature,
        })
    }
}

fn read_channel(word: &str) -> Result<Channel, StoreError> {
    Channel::from_word(word).ok_or_else(|| codec::unreadable("channel", "no word we know"))
}
