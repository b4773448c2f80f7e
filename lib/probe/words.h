// How figures are written for people, the same in every report, and lists taken apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "media/track.h"
#include "probe/track_meter.h"

namespace weir::probe {

/// Seconds with three decimals: "87.915 s".
std::string seconds_words(std::int64_t us);
/// Milliseconds with a sign: "+21.3 ms".
std::string offset_words(std::int64_t us);
/// "2.38 Mb/s", "128 kb/s".
std::string bitrate_words(std::int64_t bits_per_second);
/// "26.2 MB", "564 bytes".
std::string size_words(std::int64_t bytes);
/// "24", "23.976", "29.97".
std::string rate_words(double per_second);
std::string count_words(std::int64_t count, std::string_view one, std::string_view many);

/// "High", "Main 10"; "" when the codec has none or it is not known.
std::string profile_words(const media::Track& track);
/// "4.0"; "" when not known. H.264 counts in tenths, HEVC in thirtieths.
std::string level_words(const media::Track& track);
/// "SDR", "PQ" or "HLG", from the transfer characteristics.
std::string_view range_words(const media::Track& track);
/// Samples in front of a sound track that are not heard, by the container's word or the packets'.
std::int64_t priming_samples(const media::Track& track, const TrackStats& stats);
std::int64_t priming_us(const media::Track& track, const TrackStats& stats);
/// "stereo", "5.1"; "" when not known.
std::string layout_words(const media::Track& track);
/// FFmpeg's name of the pixel format, "" when not known.
std::string pixel_format_words(const media::Track& track);
/// FFmpeg's names: primaries, transfer, matrix, range; "" where not known.
struct Colour {
  std::string primaries;
  std::string transfer;
  std::string matrix;
  std::string range;
};
Colour colour_words(const media::Track& track);

/// Lines under each other: every column as wide as its widest cell, two blanks between.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// The parts of a list with commas between, without blanks around.
std::vector<std::string> parts_of(std::string_view list, char separator = ',');
bool is_one_of(std::string_view value, const std::vector<std::string>& values);

}  // namespace weir::probe
