// A ladder: the renditions of picture and sound to make of one source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "media/time.h"

namespace weir::ladder {

/// One rung of the picture. Sizes are the box it must fit; the source's shape is kept.
struct Rendition {
  std::string name;
  int width = 0;
  int height = 0;
  std::int64_t bitrate = 0;      ///< Average, bits per second.
  std::int64_t max_bitrate = 0;  ///< Peak over the buffer, bits per second; 0: 1.5 times bitrate.
  std::int64_t buffer = 0;       ///< Of the decoder's model, bits; 0: two seconds of bitrate.
  std::string codec = "h264";
  AVRational fps{0, 1};  ///< At most this many pictures a second; 0: as the source.
  std::string preset{};  ///< Of the encoder; "": the run's.
  std::string tune{};    ///< Of the encoder; "": none.
};

/// One rendition of the sound.
struct AudioRendition {
  std::string name = "audio";
  std::int64_t bitrate = 128'000;
  std::string codec = "aac";
  int channels = 2;
  std::string language{};  ///< Takes the source track of this language; "": the first.
};

struct Ladder {
  std::vector<Rendition> renditions;
  std::vector<AudioRendition> audio;  ///< Never empty: one default track when nothing is said.
};

/// A built-in ladder ("launch", "apple-avc") or a ladder file (TOML), told apart by the name.
/// kUsage: no such ladder, naming the built-in ones; kIo: unreadable file; kUsage with file and
/// line for what is wrong in it, unknown keys with the nearest known one.
Result<Ladder> load_ladder(const std::string& name_or_file);

/// The text of a ladder file; `name` is what messages call it.
Result<Ladder> parse_ladder(std::string_view toml, std::string_view name);

}  // namespace weir::ladder
