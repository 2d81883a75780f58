//! `ringside-api admin import --dry-run`: what is said of a file, and of one that is none.

use super::{assert_refused, directory, run};

#[test]
fn an_operator_is_told_what_a_file_holds_and_why_a_line_is_skipped() {
    let data = directory();
    let file = data.path().join("strong.csv");
    let rows = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n\
                2026-02-10 16:46:13,Legs,1h,Squat (Barbell),1,100,5,0,0,,,\n\
                2026-02-10 16:46:13,Legs,1h,Squat (Barbell),2,sixty,5,0,0,,,\n\
                2026-02-12 16:46:13,Legs,1h,Zercher carry,1,60,0,40,0,,,\n";
    std::fs::write(&file, rows).expect("written");
    let file = file.display().to_string();
    let output = run(&data, &["admin", "import", "--dry-run", "--timezone", "Europe/Berlin", &file], "");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = said.lines().collect();
    for line in [
        "format     strong",
        "rows       3: 2 sets, 0 weights, 1 skipped",
        "sessions   2",
        "exercise   Squat (Barbell)",
        "exercise   Zercher carry",
        "library    of no studio: which exercises are there already is said by a window",
        "skipped    line 3: a number can't be read, or could mean two things",
    ] {
        assert!(lines.contains(&line), "{line:?} in {said}");
    }
    assert!(!data.path().join("ringside.db").exists(), "nothing is stored");
}

#[test]
fn a_picture_is_no_file_to_import() {
    let data = directory();
    let file = data.path().join("squat.png");
    std::fs::write(&file, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0").expect("written");
    let file = file.display().to_string();
    let output = run(&data, &["admin", "import", "--dry-run", &file], "");
    assert_refused(&output, 1, "the file is not a text file");
}
