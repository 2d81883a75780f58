//! Files of another tracker for tests, and how a window gets one.

use serde_json::json;

use crate::failure::Failure;
use crate::window::Window;

/// An export of Strong: sessions on different days, each with so many sets, of two exercises.
pub fn strong(sessions: usize, sets: usize) -> String {
    let header =
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n";
    let rows = (0..sessions).flat_map(|session| {
        let (year, month, day) = (2023 + session / 48, 1 + session / 4 % 12, 1 + session % 4 * 7);
        (0..sets).map(move |set| {
            let (exercise, weight) = if set < sets / 2 { ("Squat (Barbell)", 100) } else { ("Zercher carry", 60) };
            format!("{year}-{month:02}-{day:02} 18:00:00,Legs,1h,{exercise},{set},{weight},5,0,0,,,\n")
        })
    });
    rows.fold(header.to_owned(), |file, row| file + &row)
}

/// Chooses a file as the system's dialog would, which no driver can use, and waits until it is shown what is in it.
///
/// # Errors
/// [`Failure`] when the window does not do so.
pub async fn choose(window: &Window, file: &str) -> Result<(), Failure> {
    window.find("import-file[data-step='choose']").await?;
    let script = "const chosen = new DataTransfer();
        chosen.items.add(new File([arguments[0]], 'strong.csv', { type: 'text/csv' }));
        const input = document.querySelector(\"[data-testid='import-input']\");
        input.files = chosen.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));";
    window.run_script::<()>(script, vec![json!(file)]).await?;
    window.find("import-preview").await.map(drop)
}
