// How a stream goes on behind what an FLV file has.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "flv/file_scan.h"
#include "flv/muxer.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::publish {

/// kUsage, saying what either has, unless file and stream have the same tracks of the same codecs,
/// and AAC of the same rate and channels: players take up new parameter sets of pictures in
/// mid-stream, but no other sound. `name` is what words call the file.
Result<void> check_joinable(const flv::FileScan& file, const flv::Muxer& muxer,
                            const media::Tracks& tracks, const std::string& name);

/// The stamp in the file of stream time `origin_ms`, the earliest of the first packets: the least
/// at which every track is decoded and shown behind what it has, one for all tracks.
std::int64_t join_offset_ms(const flv::FileScan& file, const media::Tracks& tracks,
                            std::span<const media::Packet> first, std::int64_t origin_ms);

}  // namespace weir::publish
