//! What is found in files, made with ffmpeg, and in what becomes of them when they are cut or changed.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;

macro_rules! media {
    ($name:literal) => {
        include_bytes!(concat!("../tests/media/", $name)).as_slice()
    };
}

const VIDEOS: [(&[u8], &str); 8] = [
    (media!("squat.mp4"), "video/mp4"),
    (media!("moov-last.mp4"), "video/mp4"),
    (media!("turned.mp4"), "video/mp4"),
    (media!("squat.mov"), "video/quicktime"),
    (media!("squat-vp8.webm"), "video/webm"),
    (media!("squat-vp9.webm"), "video/webm"),
    (media!("live.webm"), "video/webm"),
    (media!("squat-hevc.mov"), "video/quicktime"),
];

fn look(bytes: &[u8]) -> Result<VideoFacts, NotAVideo> {
    inspect_bytes(&mut Cursor::new(bytes), bytes.len() as u64)
}

#[test]
fn two_seconds_of_video_are_known_by_their_content() {
    for (number, (bytes, media_type)) in VIDEOS.into_iter().enumerate() {
        let facts = look(bytes).unwrap_or_else(|error| panic!("{number}: {error}"));
        let size = if number == 2 { (90, 160) } else { (160, 90) };
        assert_eq!((facts.media_type, (facts.width, facts.height)), (media_type, size), "{number}");
        assert!((1_800..2_200).contains(&facts.duration_ms), "{number}: {facts:?}");
    }
}

#[test]
fn a_file_says_what_keeps_it_from_being_a_video() {
    assert!(matches!(look(b""), Err(NotAVideo::OtherType)));
    assert!(matches!(look(media!("poster.jpg")), Err(NotAVideo::OtherType)));
    assert!(matches!(look(media!("audio-only.mp4")), Err(NotAVideo::NoPicture)));
    assert!(matches!(look(media!("audio-only.webm")), Err(NotAVideo::NoPicture)));
    assert!(matches!(look(media!("eleven-minutes.mp4")), Err(NotAVideo::TooLong)));
    assert!(matches!(look(media!("eleven-minutes.webm")), Err(NotAVideo::TooLong)));
    assert!(matches!(look(media!("fragmented.mp4")), Err(NotAVideo::NoDuration)));
}

#[test]
fn a_file_that_is_cut_anywhere_is_no_video() {
    for (number, (bytes, _)) in VIDEOS.into_iter().enumerate() {
        for end in 0..bytes.len() {
            // A live recording may end after any block.
            let found = look(&bytes[..end]);
            assert!(found.is_err() || number == 6, "{number}, cut at {end}: {found:?}");
        }
    }
}

proptest! {
    #[test]
    fn a_changed_file_is_refused_or_has_a_picture_and_a_duration(
        which in 0..VIDEOS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = VIDEOS[which].0.to_vec();
        for (at, with) in changes {
            let at = at.index(bytes.len());
            bytes[at] = with;
        }
        if let Ok(facts) = look(&bytes) {
            prop_assert!(facts.width > 0 && facts.height > 0 && (1..=600_000).contains(&facts.duration_ms));
        }
    }
}
