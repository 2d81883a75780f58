//! What exercises are called here, so that a file's names find them.

use std::collections::HashMap;

use training::ExerciseId;
use training::library::name_key;

use crate::fold::fold;

/// The names and aliases of a library, and what was chosen for a name before.
#[derive(Debug, Default)]
pub struct Names {
    exact: HashMap<String, ExerciseId>,
    /// By the words of a name, in whatever order: `Bench Press (Barbell)` is `barbell bench press`. None where two
    /// exercises have the same words.
    by_words: HashMap<String, Option<ExerciseId>>,
}

impl Names {
    /// Adds a name of an exercise. Of two with the same name, the first one is found.
    pub fn add(&mut self, name: &str, exercise: ExerciseId) {
        self.exact.entry(name_key(name)).or_insert(exercise);
        let known = self.by_words.entry(words(name)).or_insert(Some(exercise));
        if known.is_some_and(|known| known != exercise) {
            *known = None;
        }
    }

    /// The exercise that a file calls so.
    pub fn find(&self, name: &str) -> Option<ExerciseId> {
        let by_words = || self.by_words.get(&words(name)).copied().flatten();
        self.exact.get(&name_key(name)).copied().or_else(by_words)
    }
}

fn words(name: &str) -> String {
    let folded = fold(name);
    let mut words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_name_is_found_whatever_the_order_of_its_words() {
        let ids: Vec<_> = (1..=3).map(|n| ExerciseId(Uuid::from_u128(n))).collect();
        let mut names = Names::default();
        names.add("Barbell bench press", ids[0]);
        names.add("Press, overhead", ids[1]);
        names.add("Overhead press", ids[2]);
        assert_eq!(names.find("BARBELL BENCH PRESS "), Some(ids[0]));
        assert_eq!(names.find("Bench Press (Barbell)"), Some(ids[0]));
        assert_eq!(names.find("overhead press"), Some(ids[2]), "the exact name comes first");
        assert_eq!(names.find("Overhead (Press)"), None, "two could be meant");
        assert_eq!(names.find("Squat"), None);
    }
}
