//! A large file of another tracker: from its bytes to the plan, without a server.

use std::fmt::Write;
use std::time::Instant;

use imports::{Names, Options, Plan, read};
use jiff::tz::TimeZone;
use system_tests::Percentiles;

use crate::machine;
use crate::problem::{Problem, unexpected};
use crate::report::{Row, Section, times};

/// Rows of a file, each a set.
pub(crate) const ROWS: usize = 50_000;
/// Sets of a session and of an exercise in it.
const SETS_OF_SESSION: usize = 60;
const SETS_OF_EXERCISE: usize = 5;
/// Exercises that are done in turn.
const EXERCISES: usize = 100;
/// How often each file is read.
const READINGS: usize = 50;

/// See the module.
pub(crate) async fn section() -> Result<Section, Problem> {
    let before = machine::busy().await?;
    let rows = vec![
        row(format!("a file of Strong with {ROWS} rows: from its bytes to the plan"), &strong(ROWS))?,
        row("the same of Hevy, with months' names in Portuguese and notes of two lines".to_owned(), &hevy(ROWS))?,
    ];
    let after = machine::busy().await?;
    let sessions = ROWS.div_ceil(SETS_OF_SESSION);
    let notes = vec![
        format!("Each file has {sessions} sessions and {EXERCISES} exercises, and is read into a plan on one thread."),
        machine::busy_note(before, after),
    ];
    Ok(Section { name: "import", rows, notes })
}

fn row(what: String, file: &str) -> Result<Row, Problem> {
    let mut took = Vec::with_capacity(READINGS);
    for _ in 0..READINGS {
        let begun = Instant::now();
        let plan = plan(file)?;
        took.push(begun.elapsed());
        if (plan.rows, plan.sets()) != (ROWS, ROWS) {
            return Err(Problem::Unexpected(format!("{} of {} rows are sets", plan.sets(), plan.rows)));
        }
    }
    Ok(times(what, &Percentiles::from_iter(took), "p99 ≤ 1 s"))
}

fn plan(file: &str) -> Result<Plan, Problem> {
    let names = Names::default();
    let time_zone = TimeZone::get("Europe/Berlin").map_err(|error| unexpected(&error))?;
    let options = Options { unit: None, time_zone, now: jiff::Timestamp::now().into(), names: &names };
    read(file.as_bytes(), &options).map_err(|error| unexpected(&error))
}

/// A set of a file: its session, the day of that, and what was done.
struct Set {
    session: usize,
    year: usize,
    month: usize,
    day: usize,
    exercise: usize,
    number: usize,
    weight: usize,
    reps: usize,
}

fn sets(rows: usize) -> impl Iterator<Item = Set> {
    (0..rows).map(|row| {
        let session = row / SETS_OF_SESSION;
        let month = session / 14;
        Set {
            session,
            year: 2018 + month / 12,
            month: 1 + month % 12,
            day: 1 + session % 14 * 2,
            exercise: row / SETS_OF_EXERCISE % EXERCISES,
            number: row % SETS_OF_EXERCISE,
            weight: 20 + row % 40 * 5 / 2,
            reps: 1 + row % 12,
        }
    })
}

/// A file of Strong.
pub(crate) fn strong(rows: usize) -> String {
    let mut file =
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
            .to_owned();
    for Set { session, year, month, day, exercise, number, weight, reps } in sets(rows) {
        // Writing to a string does not fail.
        let _ = writeln!(
            file,
            "{year}-{month:02}-{day:02} 17:30:00,Workout {session},1h 5m,Exercise {exercise} (Barbell),{},{weight}.5,{reps},0,0,,,8",
            number + 1
        );
    }
    file
}

fn hevy(rows: usize) -> String {
    const MONTHS: [&str; 12] = ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"];
    let mut file =
        "\"title\",\"start_time\",\"end_time\",\"description\",\"exercise_title\",\"superset_id\",\"exercise_notes\",\
                    \"set_index\",\"set_type\",\"weight_kg\",\"reps\",\"distance_km\",\"duration_seconds\",\"rpe\"\n"
            .to_owned();
    for Set { session, year, month, day, exercise, number, weight, reps } in sets(rows) {
        let date = format!("{day} de {}. de {year}", MONTHS[month - 1]);
        // Writing to a string does not fail.
        let _ = writeln!(
            file,
            "\"Treino {session}\",\"{date}, 17:30\",\"{date}, 18:35\",\"\",\"Exercício {exercise}\",,\"Devagar.\nSem dor.\",\
             {number},\"normal\",{weight}.5,{reps},,,8"
        );
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_both_files_is_a_set() {
        let rows = 20 * SETS_OF_SESSION;
        for file in [strong(rows), hevy(rows)] {
            let plan = plan(&file).expect("it can be read");
            assert_eq!((plan.rows, plan.sets()), (rows, rows));
            assert_eq!((plan.sessions.len(), plan.exercises.len()), (20, EXERCISES));
        }
    }
}
