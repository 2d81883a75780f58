//! The starter library: the exercises that a new studio begins with, in its language.
//!
//! They are the files in `starter-library/`, data with a licence and a schema of its own. An exercise is also found by its
//! names in the other languages and by what other applications call it; both become aliases.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use training::library::{ExerciseLimits, name_key};
use training::wire::Locale;
use training::{Category, Exercise, ExerciseId, Field};
use uuid::Uuid;

const MUSCLES: &str = include_str!("../starter-library/muscles.json");
const EXERCISES: [&str; 8] = [
    include_str!("../starter-library/chest.json"),
    include_str!("../starter-library/back.json"),
    include_str!("../starter-library/shoulders.json"),
    include_str!("../starter-library/legs.json"),
    include_str!("../starter-library/arms.json"),
    include_str!("../starter-library/core.json"),
    include_str!("../starter-library/cardio.json"),
    include_str!("../starter-library/own.json"),
];

/// Why the starter library can't be read. It is part of the program, so a test finds it first.
#[derive(Debug, thiserror::Error)]
pub enum StarterError {
    /// A file of it does not have the expected form.
    #[error("a file of the starter library can't be read")]
    Malformed(#[from] serde_json::Error),
    /// An exercise names a muscle that is not in the list.
    #[error("the starter library has no muscle {muscle:?}, which its exercise {exercise:?} names")]
    UnknownMuscle {
        /// The key of the exercise.
        exercise: String,
        /// What it names.
        muscle: String,
    },
}

/// The starter library in all its languages.
pub(crate) struct Starter {
    muscles: BTreeMap<String, Muscle>,
    files: Vec<ExerciseFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MuscleFile {
    #[serde(rename = "$schema")]
    _schema: IgnoredAny,
    muscles: Vec<Muscle>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Muscle {
    key: String,
    de: String,
    pt: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExerciseFile {
    #[serde(rename = "$schema")]
    _schema: IgnoredAny,
    category: Category,
    exercises: Vec<StarterExercise>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StarterExercise {
    key: String,
    fields: Vec<Field>,
    muscles: Vec<String>,
    de: Texts,
    pt: Texts,
    en: Texts,
    trackers: Vec<String>,
}

/// An exercise in one language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    name: String,
    aliases: Vec<String>,
    cue: String,
}

impl Starter {
    /// Reads what is part of this program.
    pub(crate) fn read() -> Result<Self, StarterError> {
        Self::parse(MUSCLES, &EXERCISES)
    }

    fn parse(muscles: &str, exercises: &[&str]) -> Result<Self, StarterError> {
        let MuscleFile { muscles, .. } = serde_json::from_str(muscles)?;
        let muscles: BTreeMap<_, _> = muscles.into_iter().map(|muscle| (muscle.key.clone(), muscle)).collect();
        let mut files = Vec::with_capacity(exercises.len());
        for text in exercises {
            let file: ExerciseFile = serde_json::from_str(text)?;
            for exercise in &file.exercises {
                if let Some(unknown) = exercise.muscles.iter().find(|muscle| !muscles.contains_key(*muscle)) {
                    let (exercise, muscle) = (exercise.key.clone(), unknown.clone());
                    return Err(StarterError::UnknownMuscle { exercise, muscle });
                }
            }
            files.push(file);
        }
        Ok(Self { muscles, files })
    }

    /// The exercises of a new studio in its language; in German when it is not one of ours.
    pub(crate) fn library(&self, locale: Locale) -> Vec<Exercise> {
        let in_file = |file: &ExerciseFile| {
            let exercise = |exercise: &StarterExercise| self.exercise(exercise, file.category, locale);
            file.exercises.iter().map(exercise).collect::<Vec<_>>()
        };
        self.files.iter().flat_map(in_file).collect()
    }

    fn exercise(&self, exercise: &StarterExercise, category: Category, locale: Locale) -> Exercise {
        let own = exercise.texts(locale);
        let muscles = exercise.muscles.iter().filter_map(|key| self.muscles.get(key));
        Exercise {
            id: ExerciseId(Uuid::now_v7()),
            name: own.name.clone(),
            aliases: exercise.aliases(locale),
            category,
            fields: exercise.fields.clone(),
            muscles: muscles.map(|muscle| muscle.name(locale).to_owned()).collect(),
            cue: Some(own.cue.clone()),
            video: None,
            archived: false,
            version: 1,
        }
    }
}

impl Muscle {
    fn name(&self, locale: Locale) -> &str {
        match locale {
            Locale::Pt => &self.pt,
            Locale::En => &self.en,
            _ => &self.de,
        }
    }
}

impl StarterExercise {
    fn texts(&self, locale: Locale) -> &Texts {
        match locale {
            Locale::Pt => &self.pt,
            Locale::En => &self.en,
            _ => &self.de,
        }
    }

    /// What it is found by besides its name: first the aliases of the language, then what others call it.
    fn aliases(&self, locale: Locale) -> Vec<String> {
        let own = self.texts(locale);
        let others = [&self.de.name, &self.pt.name, &self.en.name];
        let mut keys = vec![name_key(&own.name)];
        let mut aliases = Vec::new();
        for alias in own.aliases.iter().chain(others).chain(&self.trackers) {
            let key = name_key(alias);
            if !keys.contains(&key) && aliases.len() < ExerciseLimits::MAX_ALIASES {
                keys.push(key);
                aliases.push(alias.clone());
            }
        }
        aliases
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};
    use training::library::{ExerciseDraft, create};
    use training::people::fold;

    use super::*;

    const LANGUAGES: [Locale; 3] = [Locale::De, Locale::Pt, Locale::En];

    fn starter() -> Starter {
        Starter::read().expect("it has the expected form")
    }

    fn exercises(starter: &Starter) -> impl Iterator<Item = &StarterExercise> {
        starter.files.iter().flat_map(|file| &file.exercises)
    }

    /// Every name and alias of an exercise in a language, as they are searched.
    fn names(exercise: &Exercise) -> BTreeSet<String> {
        [&exercise.name].into_iter().chain(&exercise.aliases).map(|name| fold(name)).collect()
    }

    #[test]
    fn b53_the_starter_library_has_150_to_200_exercises_in_each_language() {
        for language in LANGUAGES {
            let library = starter().library(language);
            assert!((150..=200).contains(&library.len()), "{}", library.len());
        }
    }

    #[test]
    fn every_starter_exercise_is_one_that_a_person_could_have_created() {
        for exercise in LANGUAGES.iter().flat_map(|language| starter().library(*language)) {
            let created = create(exercise.id, &ExerciseDraft::from(&exercise), false).expect("it is valid");
            assert_eq!(created, exercise, "nothing of it is left out or trimmed");
        }
    }

    #[test]
    fn every_starter_exercise_has_muscles_and_a_cue_in_each_language() {
        for exercise in LANGUAGES.iter().flat_map(|language| starter().library(*language)) {
            assert!(!exercise.muscles.is_empty(), "{}", exercise.name);
            assert!(exercise.cue.as_deref().is_some_and(|cue| cue.ends_with('.')), "{}", exercise.name);
        }
        for exercise in exercises(&starter()) {
            let cues: BTreeSet<_> = LANGUAGES.iter().map(|language| &exercise.texts(*language).cue).collect();
            assert_eq!(cues.len(), LANGUAGES.len(), "{} is not translated", exercise.key);
        }
    }

    #[test]
    fn every_category_has_its_file() {
        let categories: Vec<Category> = starter().files.iter().map(|file| file.category).collect();
        assert_eq!(categories, Category::ALL);
    }

    #[test]
    fn the_keys_of_starter_exercises_are_unique_words_with_hyphens() {
        let (starter, mut keys) = (starter(), BTreeSet::new());
        for StarterExercise { key, .. } in exercises(&starter) {
            assert!(keys.insert(key), "{key} is there twice");
            assert!(key.chars().all(|c| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit()), "{key}");
        }
    }

    #[test]
    fn no_name_or_alias_of_a_starter_exercise_is_one_of_another() {
        for language in LANGUAGES {
            let mut owners: BTreeMap<String, String> = BTreeMap::new();
            for exercise in starter().library(language) {
                for name in names(&exercise) {
                    let other = owners.insert(name.clone(), exercise.name.clone());
                    assert_eq!(other, None, "{name:?} is also {:?}", exercise.name);
                }
            }
        }
    }

    #[test]
    fn b53_a_starter_exercise_is_found_by_its_names_in_all_languages_and_by_those_of_trackers() {
        let starter = starter();
        for language in LANGUAGES {
            for (exercise, made) in exercises(&starter).zip(starter.library(language)) {
                let found_by = names(&made);
                let others = [&exercise.de.name, &exercise.pt.name, &exercise.en.name];
                for name in others.into_iter().chain(&exercise.trackers) {
                    assert!(found_by.contains(&fold(name)), "{} by {name:?}", exercise.key);
                }
            }
        }
    }

    #[test]
    fn nothing_of_a_starter_exercise_is_cut_for_its_number_of_aliases() {
        for exercise in LANGUAGES.iter().flat_map(|language| starter().library(*language)) {
            assert!(exercise.aliases.len() < ExerciseLimits::MAX_ALIASES, "{}", exercise.name);
        }
    }

    #[test]
    fn every_muscle_of_the_list_is_named_by_an_exercise() {
        let starter = starter();
        let named: BTreeSet<&String> = exercises(&starter).flat_map(|exercise| &exercise.muscles).collect();
        assert_eq!(named, starter.muscles.keys().collect());
    }

    #[test]
    fn an_exercise_that_names_an_unknown_muscle_is_refused() {
        let muscles = MUSCLES.replacen(r#""key": "abs""#, r#""key": "abdominals""#, 1);
        let refused = Starter::parse(&muscles, &EXERCISES).err().expect("a muscle is missing");
        assert!(matches!(refused, StarterError::UnknownMuscle { muscle, .. } if muscle == "abs"));
    }

    #[test]
    fn an_exercise_with_an_unknown_property_is_refused() {
        let core = EXERCISES[5].replacen(r#""trackers""#, r#""level": 1, "trackers""#, 1);
        let refused = Starter::parse(MUSCLES, &[&core]).err().expect("it has a level");
        assert!(matches!(refused, StarterError::Malformed(error) if error.to_string().contains("level")));
    }

    #[test]
    fn the_schema_of_the_files_has_the_words_and_limits_of_the_rules() {
        let schema: Value =
            serde_json::from_str(include_str!("../starter-library/exercises.schema.json")).expect("it is JSON");
        let exercise = &schema["$defs"]["exercise"]["properties"];
        assert_eq!(schema["properties"]["category"]["enum"], json!(Category::ALL));
        assert_eq!(exercise["fields"]["items"]["enum"], json!(Field::ALL));
        assert_eq!(exercise["muscles"]["maxItems"], json!(ExerciseLimits::MAX_MUSCLES));
        assert_eq!(schema["$defs"]["name"]["maxLength"], json!(ExerciseLimits::MAX_NAME_CHARS));
        let required: BTreeSet<&str> = schema["$defs"]["exercise"]["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let described: BTreeSet<&str> =
            exercise.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        assert_eq!(required, described, "nothing of an exercise is optional");
    }
}
