// CMAF tracks: one initialization section, then segments of one fragment each, or of one for each
// part. No edit lists: the base media decode time is the dts of the first sample, composition
// offsets lead to the pts, so every reader arrives at the stamps the packets had. (Negative
// offsets, which would let decoding begin at the first pts, are presented late by libavformat, by
// as much as pictures are reordered.) Source: ISO/IEC 23000-19:2020 section 7; ISO/IEC
// 14496-12:2020 sections 8.3 to 8.8.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "hls/cbcs.h"
#include "hls/segment.h"
#include "hls/segment_writer.h"
#include "media/track.h"

namespace weir::hls {

/// Ticks a second that hold every stamp of this time base exactly.
std::uint32_t cmaf_timescale(AVRational time_base);

/// ftyp and moov. `track` holds its parameter sets as with_parameter_sets() gives it;
/// `first_sample` as write_sample_entry() needs it. With a key, for samples that Cbcs encrypts.
Result<Bytes> cmaf_init(const media::Track& track, ByteView first_sample,
                        const std::optional<ContentKey>& key = {});

/// styp, moof and mdat. `segment` has packets in canonical form, in the track's time base; the
/// durations of its samples lead to its decode_end. A picture's segment gets a fragment for each
/// key picture that is told. `sequence` counts fragments: it is that of the last one written.
/// `encryption`, where there is one, encrypts the samples.
SegmentBytes cmaf_media(const media::Track& track, const Segment& segment, std::uint32_t& sequence,
                        Cbcs* encryption = nullptr);

/// The same for one chunk of a segment; styp only where the segment `begins`.
SegmentBytes cmaf_chunk(const media::Track& track, const Part& part, bool begins,
                        std::uint32_t& sequence, Cbcs* encryption = nullptr);

}  // namespace weir::hls
