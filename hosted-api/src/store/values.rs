//! Statements with many values: rows to insert, and lists to compare with. Their text is made of literals and numbers
//! only; the values are bound.
//!
//! A statement takes a few hundred rows or values. Both databases have room for many more parameters than that, and a
//! longer statement is no faster.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

use super::{StoreError, Tx};

/// How many rows one statement inserts, or how many values it compares with.
pub(super) const PER_STATEMENT: usize = 500;

/// A statement whose values are being bound.
pub(super) type Statement<'q> = Query<'q, Any, AnyArguments>;

/// Where rows are inserted.
pub(super) struct Insert {
    /// The table and its columns: `notes (session_id, text)`.
    pub(super) into: &'static str,
    /// What follows the rows, such as `ON CONFLICT DO NOTHING`.
    pub(super) end: &'static str,
}

impl Insert {
    fn columns(&self) -> usize {
        self.into.matches(',').count() + 1
    }

    fn sql(&self, rows: usize) -> String {
        let Self { into, end } = self;
        format!("INSERT INTO {into} VALUES {} {end}", values(rows, self.columns()))
    }
}

impl Tx {
    /// Inserts rows, many with each statement. `bind` binds the columns of a row in their order.
    pub(super) async fn insert_rows<'q, T: Sync>(
        &mut self,
        insert: Insert,
        rows: &'q [T],
        bind: impl Fn(Statement<'q>, &'q T) -> Result<Statement<'q>, StoreError> + Send,
    ) -> Result<(), StoreError> {
        for rows in rows.chunks(PER_STATEMENT) {
            let query = sqlx::query(AssertSqlSafe(insert.sql(rows.len())));
            let query = rows.iter().try_fold(query, &bind)?;
            query.execute(&mut *self.0).await?;
        }
        Ok(())
    }
}

/// The parameters of rows, numbered from one: `($1, $2), ($3, $4)`.
fn values(rows: usize, columns: usize) -> String {
    let row = |row: usize| format!("({})", parameters(row * columns + 1, columns));
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// The parameters of a list, numbered from `first`: `$2, $3, $4`.
pub(super) fn parameters(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_row_by_row() {
        let insert = Insert { into: "notes (session_id, text)", end: "ON CONFLICT DO NOTHING" };
        let expected = "INSERT INTO notes (session_id, text) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING";
        assert_eq!(insert.sql(2), expected);
        assert_eq!(parameters(2, 3), "$2, $3, $4");
    }
}
