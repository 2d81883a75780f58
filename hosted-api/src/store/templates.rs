//! Templates: their rounds as one document each.

use sqlx::{Any, Executor, FromRow};
use training::templates::{TemplateCount, TemplateRoom};
use training::{ExerciseId, Person, StudioId, Template, TemplateId, UserId};

use super::{Store, StoreError, Tx, codec};

/// The version of the shape of a template's rounds that this server writes, as [`session_format`](super::session_format)
/// has it for sessions.
pub(crate) const FORMAT: i64 = 1;

/// Which of the templates a trainer sees to read, newest first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TemplatePage {
    /// Only those created before this one.
    pub(crate) after: Option<TemplateId>,
    /// How many; all without a limit.
    pub(crate) limit: Option<u32>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    owner_id: String,
    owner_name: String,
    shared: i64,
    version: i64,
    format: i64,
    rounds: String,
}

/// The query that reads templates.
macro_rules! select {
    ($end:literal) => {
        concat!(
            "SELECT t.id, t.name, t.owner_id, u.name AS owner_name, t.shared, t.version, t.format, t.rounds \
             FROM templates t JOIN users u ON u.id = t.owner_id WHERE t.deleted = 0 AND t.studio_id = $1 ",
            $end
        )
    };
}

/// The query that counts templates and their characters.
macro_rules! count {
    ($which:literal) => {
        concat!(
            "SELECT COUNT(*), CAST(COALESCE(SUM(LENGTH(rounds)), 0) AS BIGINT) FROM templates WHERE deleted = 0 AND ",
            $which
        )
    };
}

impl Row {
    fn read(self) -> Result<Template, StoreError> {
        if self.format > FORMAT {
            return Err(StoreError::Newer { what: "template" });
        }
        Ok(Template {
            id: codec::id("template id", self.id)?,
            name: self.name,
            owner: Person { id: codec::id("user id", self.owner_id)?, name: self.owner_name },
            shared: self.shared == 1,
            rounds: codec::from_json("round", &self.rounds)?,
            version: codec::count(self.version),
        })
    }
}

async fn find_templates(
    executor: impl Executor<'_, Database = Any>,
    studio: StudioId,
    trainer: UserId,
    page: TemplatePage,
) -> Result<Vec<Row>, StoreError> {
    // Ids begin with their creation time.
    let sql = select!("AND (t.owner_id = $2 OR t.shared = 1) AND t.id < $3 ORDER BY t.id DESC LIMIT $4");
    let rows = sqlx::query_as(sql)
        .bind(studio.to_string())
        .bind(trainer.to_string())
        .bind(page.after.map_or_else(|| codec::MAX_ID.to_owned(), |id| id.to_string()))
        .bind(page.limit.map_or(i64::MAX, i64::from))
        .fetch_all(executor)
        .await?;
    Ok(rows)
}

impl Store {
    /// A page of the templates a trainer sees, newest first.
    pub(crate) async fn templates(
        &self,
        studio: StudioId,
        trainer: UserId,
        page: TemplatePage,
    ) -> Result<Vec<Template>, StoreError> {
        find_templates(&self.reader, studio, trainer, page).await?.into_iter().map(Row::read).collect()
    }
}

impl Tx {
    /// The templates a trainer sees, newest first. Left out is what a newer server wrote: without it, a trainer can still
    /// work.
    pub(crate) async fn readable_templates(
        &mut self,
        studio: StudioId,
        trainer: UserId,
    ) -> Result<Vec<Template>, StoreError> {
        let rows = find_templates(&mut *self.0, studio, trainer, TemplatePage::default()).await?;
        rows.into_iter().filter(|row| row.format <= FORMAT).map(Row::read).collect()
    }

    /// One template of a studio.
    pub(crate) async fn template(&mut self, studio: StudioId, id: TemplateId) -> Result<Option<Template>, StoreError> {
        let sql = select!("AND t.id = $2");
        let row: Option<Row> =
            sqlx::query_as(sql).bind(studio.to_string()).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.map(Row::read).transpose()
    }

    /// A template of this trainer's that is deleted, without its content.
    pub(crate) async fn deleted_template(
        &mut self,
        studio: StudioId,
        id: TemplateId,
        owner: &Person,
    ) -> Result<Option<Template>, StoreError> {
        let sql = "SELECT version FROM templates WHERE deleted = 1 AND studio_id = $1 AND id = $2 AND owner_id = $3";
        let version: Option<i64> = sqlx::query_scalar(sql)
            .bind(studio.to_string())
            .bind(id.to_string())
            .bind(owner.id.to_string())
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(version.map(|version| Template::without_content(id, owner.clone(), codec::count(version))))
    }

    /// Whether there is a template with this id in any studio, or was.
    pub(crate) async fn template_id_exists(&mut self, id: TemplateId) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM templates WHERE id = $1";
        let found: i64 = sqlx::query_scalar(sql).bind(id.to_string()).fetch_one(&mut *self.0).await?;
        Ok(found > 0)
    }

    /// How much a trainer has in templates, and the studio in shared ones.
    pub(crate) async fn template_room(&mut self, studio: StudioId, owner: UserId) -> Result<TemplateRoom, StoreError> {
        let own = count!("owner_id = $1");
        let shared = count!("studio_id = $1 AND shared = 1");
        Ok(TemplateRoom {
            own: self.count_templates(own, owner.to_string()).await?,
            shared: self.count_templates(shared, studio.to_string()).await?,
        })
    }

    async fn count_templates(&mut self, sql: &'static str, of: String) -> Result<TemplateCount, StoreError> {
        let (templates, chars): (i64, i64) = sqlx::query_as(sql).bind(of).fetch_one(&mut *self.0).await?;
        let count = |number| usize::try_from(number).unwrap_or(usize::MAX);
        Ok(TemplateCount { templates: count(templates), chars: count(chars) })
    }

    /// How many templates of the studio have this exercise.
    pub(super) async fn templates_with(&mut self, studio: StudioId, id: ExerciseId) -> Result<u32, StoreError> {
        let sql = "SELECT COUNT(*) FROM templates WHERE studio_id = $1 AND rounds LIKE $2";
        let pattern = super::exercises::in_document(id);
        let found: i64 = sqlx::query_scalar(sql).bind(studio.to_string()).bind(pattern).fetch_one(&mut *self.0).await?;
        Ok(u32::try_from(found).unwrap_or(u32::MAX))
    }

    /// Adds a template.
    pub(crate) async fn add_template(&mut self, studio: StudioId, template: &Template) -> Result<(), StoreError> {
        let sql = "INSERT INTO templates (id, name, shared, version, format, rounds, owner_id, studio_id) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        sqlx::query(sql)
            .bind(template.id.to_string())
            .bind(&template.name)
            .bind(i64::from(template.shared))
            .bind(codec::number(template.version))
            .bind(FORMAT)
            .bind(codec::json(&template.rounds)?)
            .bind(template.owner.id.to_string())
            .bind(studio.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Stores a template as it is now; one that was deleted is there again.
    pub(crate) async fn save_template(&mut self, template: &Template) -> Result<(), StoreError> {
        let sql = "UPDATE templates SET name = $2, shared = $3, version = $4, format = $5, rounds = $6, \
                   deleted = 0 WHERE id = $1";
        sqlx::query(sql)
            .bind(template.id.to_string())
            .bind(&template.name)
            .bind(i64::from(template.shared))
            .bind(codec::number(template.version))
            .bind(FORMAT)
            .bind(codec::json(&template.rounds)?)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Raises the versions of a trainer's templates, which name them; returns the templates.
    pub(crate) async fn raise_templates_of(
        &mut self,
        studio: StudioId,
        owner: UserId,
    ) -> Result<Vec<Template>, StoreError> {
        sqlx::query("UPDATE templates SET version = version + 1 WHERE owner_id = $1 AND deleted = 0")
            .bind(owner.to_string())
            .execute(&mut *self.0)
            .await?;
        let sql = select!("AND t.owner_id = $2");
        let rows: Vec<Row> =
            sqlx::query_as(sql).bind(studio.to_string()).bind(owner.to_string()).fetch_all(&mut *self.0).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Deletes a template. Its content is gone; its row stays, for whoever undoes the deletion.
    pub(crate) async fn delete_template(&mut self, id: TemplateId) -> Result<(), StoreError> {
        let sql = "UPDATE templates SET deleted = 1, name = '', shared = 0, rounds = '[]' WHERE id = $1";
        sqlx::query(sql).bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }
}
