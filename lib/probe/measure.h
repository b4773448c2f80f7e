// What only decoding tells: how loud the sound is, and where nothing is to be seen or heard.
// Source: EBU R128 (2020), ITU-R BS.1770-4, EBU Tech 3342, as libavfilter's ebur128 measures them;
// libavfilter's blackdetect, freezedetect and silencedetect.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "media/event.h"
#include "media/track.h"

namespace weir::probe {

struct Stretch {
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;
};

struct Loudness {
  double integrated = 0;           ///< LUFS, of the whole.
  double range = 0;                ///< LU.
  double true_peak = 0;            ///< dBTP, of the loudest channel.
  double short_term = 0;           ///< LUFS, of the loudest three seconds.
  std::vector<double> per_second;  ///< Short-term LUFS at the end of each second; the first 86 400.
};

struct Measures {
  std::optional<Loudness> loudness;  ///< Empty without sound that can be decoded.
  std::vector<Stretch> black;        ///< At least 0.1 s; at most 1000, as with the others.
  std::vector<Stretch> frozen;       ///< At least 0.5 s without a change above -60 dB.
  std::vector<Stretch> silent;       ///< At least 0.5 s below -60 dBFS.
  std::int64_t undecodable = 0;      ///< Packets.
};

/// Decodes the main picture and the first sound track on the caller's thread; one call at a time.
class Measurer {
 public:
  /// kUnsupported when there is no decoder for one of them.
  static Result<std::unique_ptr<Measurer>> open(const media::Tracks& tracks);
  virtual ~Measurer() = default;
  /// Packets of other tracks, and events, are passed over.
  virtual Result<void> add(const media::Item& item) = 0;
  /// `end_us`: where the stream ends, for a stretch that lasts until then.
  virtual Result<Measures> finish(std::int64_t end_us) = 0;
};

/// For people, a line for each; "" when there is nothing to say.
std::string measures_text(const Measures& measures);
boost::json::object measures_json(const Measures& measures);

}  // namespace weir::probe
