//! `WebM`.
//!
//! `matroska-demuxer` reads the description of the tracks. It is given nothing but that, because it collects what it
//! finds: the clusters, which are nearly all of the file, are walked here. That also shows whether the file is whole.

use std::io::{Cursor, Read, Seek, SeekFrom};

use matroska_demuxer::{DisplayUnit, MatroskaFile, TrackType};

use super::{NotAVideo, VideoFacts};

/// The largest description of the tracks.
const MAX_DESCRIPTION_BYTES: u64 = 1024 * 1024;
/// The longest block header that is read.
const BLOCK_HEADER: u64 = 16;

/// Ids of elements.
mod id {
    pub(super) const EBML: u32 = 0x1A45_DFA3;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const INFO: u32 = 0x1549_A966;
    pub(super) const TRACKS: u32 = 0x1654_AE6B;
    pub(super) const CLUSTER: u32 = 0x1F43_B675;
    pub(super) const TIMESTAMP: u32 = 0xE7;
    pub(super) const SIMPLE_BLOCK: u32 = 0xA3;
    pub(super) const BLOCK_GROUP: u32 = 0xA0;
    pub(super) const BLOCK: u32 = 0xA1;
}

/// A segment of unknown size, and an empty cluster.
const SEGMENT_HEADER: [u8; 12] = [0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
const EMPTY_CLUSTER: [u8; 5] = [0x1F, 0x43, 0xB6, 0x75, 0x80];

/// Looks into a file of so many bytes.
pub(super) fn inspect<R: Read + Seek>(bytes: &mut R, size: u64) -> Result<VideoFacts, NotAVideo> {
    let mut walk = Walk { bytes, size, at: 0, header: None, info: None, tracks: None, cluster: 0, last: None };
    walk.run()?;
    let (header, info, tracks) = (
        walk.header.ok_or(NotAVideo::Damaged)?,
        walk.info.ok_or(NotAVideo::Damaged)?,
        walk.tracks.ok_or(NotAVideo::Damaged)?,
    );
    let last = walk.last;
    let description = [&header[..], &SEGMENT_HEADER, &info, &tracks, &EMPTY_CLUSTER].concat();
    let file = MatroskaFile::open(Cursor::new(description)).map_err(|_| NotAVideo::Damaged)?;
    if file.ebml_header().doc_type() != "webm" {
        return Err(NotAVideo::OtherType);
    }
    let (width, height) = file.tracks().iter().find_map(dimensions).ok_or(NotAVideo::NoPicture)?;
    let last = last.ok_or(NotAVideo::NoDuration)?;
    let scale = file.info().timestamp_scale().get();
    let to_ms = |units: u128| u64::try_from(units * u128::from(scale) / 1_000_000).unwrap_or(u64::MAX);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` keeps to what a number can hold")]
    let said = file.info().duration().map_or(0, |duration| duration as u64);
    let duration_ms = to_ms(u128::from(said)).max(to_ms(u128::from(last)));
    Ok(VideoFacts { media_type: "video/webm", duration_ms, width, height })
}

/// The size of a track's picture as it is shown; none for another track, or a codec that is not taken.
fn dimensions(track: &matroska_demuxer::TrackEntry) -> Option<(u32, u32)> {
    let is_taken = matches!(track.codec_id(), "V_VP8" | "V_VP9" | "V_AV1");
    if track.track_type() != TrackType::Video || !is_taken || track.content_encodings().is_some() {
        return None;
    }
    let video = track.video()?;
    let shown = video.display_width().zip(video.display_height());
    let in_pixels = matches!(video.display_unit(), None | Some(DisplayUnit::Pixels));
    let (width, height) = shown.filter(|_| in_pixels).unwrap_or((video.pixel_width(), video.pixel_height()));
    Some((u32::try_from(width.get()).ok()?, u32::try_from(height.get()).ok()?))
}

/// A walk over all elements of a file. Segment, clusters and groups of blocks are entered, all others passed.
struct Walk<'a, R> {
    bytes: &'a mut R,
    size: u64,
    at: u64,
    header: Option<Vec<u8>>,
    info: Option<Vec<u8>>,
    tracks: Option<Vec<u8>>,
    /// When the cluster begins.
    cluster: u64,
    /// When the last block begins.
    last: Option<u64>,
}

impl<R: Read + Seek> Walk<'_, R> {
    fn run(&mut self) -> Result<(), NotAVideo> {
        while self.at < self.size {
            let begin = self.at;
            let (id, length) = (self.read_id()?, self.read_size()?);
            let is_entered = matches!(id, id::SEGMENT | id::CLUSTER | id::BLOCK_GROUP);
            let end = match length {
                Some(length) => self.at.checked_add(length).filter(|end| *end <= self.size),
                // Live recordings leave these open.
                None if is_entered => Some(self.size),
                None => None,
            };
            let end = end.ok_or(NotAVideo::Damaged)?;
            match id {
                id::EBML => self.header = Some(self.element(begin, end)?),
                id::INFO => self.info = Some(self.element(begin, end)?),
                id::TRACKS => self.tracks = Some(self.element(begin, end)?),
                id::TIMESTAMP => self.cluster = self.unsigned(end)?,
                id::SIMPLE_BLOCK | id::BLOCK => self.block(end)?,
                _ => {}
            }
            if begin == 0 && id != id::EBML {
                return Err(NotAVideo::OtherType);
            }
            if !is_entered {
                self.skip_to(end)?;
            }
        }
        Ok(())
    }

    /// An element with its header.
    fn element(&mut self, begin: u64, end: u64) -> Result<Vec<u8>, NotAVideo> {
        if end - begin > MAX_DESCRIPTION_BYTES {
            return Err(NotAVideo::Damaged);
        }
        self.skip_to(begin)?;
        self.read(end - begin)
    }

    fn unsigned(&mut self, end: u64) -> Result<u64, NotAVideo> {
        if end - self.at > 8 {
            return Err(NotAVideo::Damaged);
        }
        let bytes = self.read(end - self.at)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Reads when a block begins: after the number of its track, in two bytes, relative to its cluster.
    fn block(&mut self, end: u64) -> Result<(), NotAVideo> {
        let header = self.read((end - self.at).min(BLOCK_HEADER))?;
        let track = header.first().map_or(0, |first| first.leading_zeros() as usize + 1);
        let Some([high, low]) = header.get(track..track + 2) else { return Err(NotAVideo::Damaged) };
        let begins = self.cluster.saturating_add_signed(i64::from(i16::from_be_bytes([*high, *low])));
        self.last = self.last.max(Some(begins));
        Ok(())
    }

    /// The id of an element: as long as its first byte has leading zeros and one, at most four.
    fn read_id(&mut self) -> Result<u32, NotAVideo> {
        let first = self.read(1)?[0];
        let more = first.leading_zeros();
        if more > 3 {
            return Err(NotAVideo::Damaged);
        }
        let rest = self.read(u64::from(more))?;
        Ok(rest.iter().fold(u32::from(first), |id, byte| id << 8 | u32::from(*byte)))
    }

    /// The size of an element, written like an id without its leading one, in at most eight bytes; all ones leave it open.
    fn read_size(&mut self) -> Result<Option<u64>, NotAVideo> {
        let first = self.read(1)?[0];
        let more = first.leading_zeros();
        if more > 7 {
            return Err(NotAVideo::Damaged);
        }
        let bits = 7 * (more + 1);
        let rest = self.read(u64::from(more))?;
        let size = rest.iter().fold(u64::from(first), |size, byte| size << 8 | u64::from(*byte)) & ((1 << bits) - 1);
        Ok((size != (1 << bits) - 1).then_some(size))
    }

    fn read(&mut self, count: u64) -> Result<Vec<u8>, NotAVideo> {
        let mut bytes = Vec::new();
        let read = self.bytes.by_ref().take(count).read_to_end(&mut bytes)?;
        if read as u64 != count {
            return Err(NotAVideo::Damaged);
        }
        self.at += count;
        Ok(bytes)
    }

    fn skip_to(&mut self, at: u64) -> Result<(), NotAVideo> {
        // Relative to where one is, so that what is read ahead is kept.
        let by = i64::try_from(i128::from(at) - i128::from(self.at)).map_err(|_| NotAVideo::Damaged)?;
        self.bytes.seek(SeekFrom::Current(by))?;
        self.at = at;
        Ok(())
    }
}
