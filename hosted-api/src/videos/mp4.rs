//! MP4 and MOV.
//!
//! The boxes of the outermost level are walked here, because the file may be large and its index last; the index itself
//! is read by `mp4parse`, and nothing else is.

use std::io::{Read, Seek, SeekFrom};

use mp4parse::{CodecType, MediaContext, SampleEntry, SampleToChunkBox, Track, TrackType};

use super::{NotAVideo, VideoFacts, milliseconds};

/// The largest index. One of ten minutes with 60 pictures a second and sound is a quarter of it.
const MAX_INDEX_BYTES: u64 = 8 * 1024 * 1024;
/// The most boxes on the outermost level. A recording in fragments has two or three for each second.
const MAX_BOXES: usize = 10_000;
/// The names of HEVC's sample entries. Telephones film in it, and `mp4parse` knows it only as a codec it does not know.
const HEVC: [&[u8; 4]; 2] = [b"hvc1", b"hev1"];
/// Fractions of a pixel.
const FIXED_POINT: u32 = 16;

/// Looks into a file of so many bytes.
pub(super) fn inspect<R: Read + Seek>(
    bytes: &mut R,
    size: u64,
    media_type: &'static str,
) -> Result<VideoFacts, NotAVideo> {
    let index = read_index(bytes, size)?;
    let context = mp4parse::read_mp4(&mut index.as_slice()).map_err(|_| NotAVideo::Damaged)?;
    for track in &context.tracks {
        must_be_within(track, size)?;
    }
    let has_hevc = HEVC.iter().any(|name| index.windows(name.len()).any(|bytes| bytes == *name));
    let picture = context.tracks.iter().find_map(|track| dimensions(track, has_hevc));
    let (width, height) = picture.ok_or(NotAVideo::NoPicture)?;
    let duration_ms = context.tracks.iter().filter_map(|track| duration_ms(track, &context)).max();
    Ok(VideoFacts { media_type, duration_ms: duration_ms.unwrap_or(0), width, height })
}

/// The box `moov`, of which there is one; wherever it is, all boxes are whole.
fn read_index<R: Read + Seek>(bytes: &mut R, size: u64) -> Result<Vec<u8>, NotAVideo> {
    let (mut at, mut index) = (0, None);
    for _ in 0..MAX_BOXES {
        if at == size {
            return index.ok_or(NotAVideo::Damaged);
        }
        bytes.seek(SeekFrom::Start(at))?;
        let (name, length) = read_header(bytes, size - at)?;
        if &name == b"moov" {
            if index.is_some() || length > MAX_INDEX_BYTES {
                return Err(NotAVideo::Damaged);
            }
            bytes.seek(SeekFrom::Start(at))?;
            let mut content = Vec::new();
            bytes.by_ref().take(length).read_to_end(&mut content)?;
            index = Some(content);
        }
        at += length;
    }
    Err(NotAVideo::Damaged)
}

/// The name of a box and its length with its header. One that would end after so many bytes is cut off.
fn read_header<R: Read>(bytes: &mut R, left: u64) -> Result<([u8; 4], u64), NotAVideo> {
    let mut header = [0; 8];
    bytes.read_exact(&mut header).map_err(|_| NotAVideo::Damaged)?;
    let [a, b, c, d, name @ ..] = header;
    let (length, shortest) = match u32::from_be_bytes([a, b, c, d]) {
        // The last box may leave its length open.
        0 => (left, 8),
        1 => {
            let mut length = [0; 8];
            bytes.read_exact(&mut length).map_err(|_| NotAVideo::Damaged)?;
            (u64::from_be_bytes(length), 16)
        }
        length => (u64::from(length), 8),
    };
    if (shortest..=left).contains(&length) { Ok((name, length)) } else { Err(NotAVideo::Damaged) }
}

/// The size of a track's picture as it is shown; none for another track, or a codec that is not taken.
fn dimensions(track: &Track, has_hevc: bool) -> Option<(u32, u32)> {
    if track.track_type != TrackType::Video {
        return None;
    }
    let mut entries = track.stsd.as_ref()?.descriptions.iter();
    let coded = entries.find_map(|entry| match entry {
        SampleEntry::Video(entry) => is_taken(entry.codec_type).then_some((entry.width, entry.height)),
        SampleEntry::Unknown => has_hevc.then_some((0, 0)),
        SampleEntry::Audio(_) => None,
    })?;
    let header = track.tkhd.as_ref()?;
    let (width, height) = match (header.width >> FIXED_POINT, header.height >> FIXED_POINT) {
        (0, _) | (_, 0) => (u32::from(coded.0), u32::from(coded.1)),
        shown => shown,
    };
    // Turned by a quarter, as telephones hold it.
    let is_turned = header.matrix.a == 0 && header.matrix.d == 0 && header.matrix.b != 0;
    (width > 0 && height > 0).then_some(if is_turned { (height, width) } else { (width, height) })
}

fn is_taken(codec: CodecType) -> bool {
    matches!(codec, CodecType::H264 | CodecType::VP8 | CodecType::VP9 | CodecType::AV1)
}

/// How long a track is: as long as all its samples or, in a recording in fragments, as its header says.
fn duration_ms(track: &Track, context: &MediaContext) -> Option<u64> {
    if !matches!(track.track_type, TrackType::Video | TrackType::Audio) {
        return None;
    }
    let samples = track.stts.as_ref().map_or(0, |times| {
        times
            .samples
            .iter()
            .fold(0_u64, |sum, time| sum.saturating_add(u64::from(time.sample_count) * u64::from(time.sample_delta)))
    });
    if samples > 0 {
        return milliseconds(samples, track.timescale?.0);
    }
    let in_fragments = context.mvex.as_ref()?.fragment_duration?;
    milliseconds(in_fragments.0, context.timescale?.0)
}

/// Whether everything the index of a track points to is in the file.
fn must_be_within(track: &Track, size: u64) -> Result<(), NotAVideo> {
    let (Some(chunks), Some(sizes), Some(per_chunk)) = (&track.stco, &track.stsz, &track.stsc) else {
        return Ok(());
    };
    let mut sizes_left = sizes.sample_sizes.iter();
    let mut per_chunk = SamplesPerChunk::new(per_chunk);
    for (number, offset) in (1_u32..).zip(chunks.offsets.iter()) {
        let count = per_chunk.of(number);
        let bytes = if sizes.sample_size > 0 {
            u64::from(sizes.sample_size) * u64::from(count)
        } else {
            sizes_left.by_ref().take(count as usize).map(|size| u64::from(*size)).sum()
        };
        if offset.checked_add(bytes).is_none_or(|end| end > size) {
            return Err(NotAVideo::Damaged);
        }
    }
    Ok(())
}

/// How many samples each chunk has: said for runs of chunks.
struct SamplesPerChunk<'a> {
    runs: &'a [mp4parse::SampleToChunk],
}

impl<'a> SamplesPerChunk<'a> {
    fn new(runs: &'a SampleToChunkBox) -> Self {
        Self { runs: &runs.samples }
    }

    /// Of the chunk with this number, which grows from call to call.
    fn of(&mut self, chunk: u32) -> u32 {
        while let [_, next, ..] = self.runs
            && next.first_chunk <= chunk
        {
            self.runs = &self.runs[1..];
        }
        self.runs.first().map_or(0, |run| run.samples_per_chunk)
    }
}
