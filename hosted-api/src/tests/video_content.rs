//! What is in a file decides whether it is a video: each file that is none is refused, and nothing changes.

use super::files::{SQUAT, exercise, media, set, upload};
use crate::testing::on_both_databases;

on_both_databases! {
    async fn what_is_not_a_video_is_refused_and_changes_nothing(world: World) {
        let trainer = world.sign_in("jonas").await;
        let before = exercise(&trainer).await;
        let html = b"<!doctype html><script>alert(1)</script>".repeat(20);
        let files: [(&str, &[u8]); 7] = [
            ("HTML renamed", &html),
            ("no video track", media!("audio-only.mp4")),
            ("no video track", media!("audio-only.webm")),
            ("cut in the middle", &SQUAT[..SQUAT.len() / 2]),
            ("eleven minutes", media!("eleven-minutes.mp4")),
            ("eleven minutes", media!("eleven-minutes.webm")),
            ("a picture", media!("poster.png")),
        ];
        for (what, file) in files {
            let id = upload(&trainer, file, "video/mp4").await;
            let refused = set(&trainer, &before, &id, None).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (415, "not-a-video"), "{what}");
        }
        assert_eq!(exercise(&trainer).await, before);
    }

    async fn a_poster_is_a_picture(world: World) {
        let trainer = world.sign_in("jonas").await;
        let before = exercise(&trainer).await;
        let video = upload(&trainer, SQUAT, "video/mp4").await;
        let html = upload(&trainer, &b"<svg onload=alert(1)>".repeat(20), "image/png").await;
        let refused = set(&trainer, &before, &video, Some(&html)).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (415, "not-a-picture"));
        // A video that says it is a picture when it is uploaded is too large for one, or is none.
        let refused = set(&trainer, &before, &video, Some(&video)).await;
        assert_eq!(refused.code(), "not-a-picture");
        assert_eq!(exercise(&trainer).await, before);
        for picture in [media!("poster.webp").as_slice(), media!("poster.png")] {
            let poster = upload(&trainer, picture, "image/webp").await;
            let video = upload(&trainer, SQUAT, "video/mp4").await;
            set(&trainer, &exercise(&trainer).await, &video, Some(&poster)).await.ok();
        }
    }
}
