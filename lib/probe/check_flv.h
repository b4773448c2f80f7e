// The rules for what an FLV file says of itself.
// Source: Adobe Flash Video File Format Specification 10.1, Annex E; Enhanced RTMP v2 (Veovera
// 2024), "Enhanced Audio" and "Enhanced Video".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/stop.h"
#include "flv/body_reader.h"
#include "flv/tag.h"
#include "probe/rules.h"

namespace weir::probe {

/// Fed from the start of a file on, or given its tags; keeps no media, but what is known of each
/// key frame.
class FlvCheck {
 public:
  /// `uri` is what findings call the file.
  explicit FlvCheck(std::string uri) : uri_(std::move(uri)) {}
  /// kBadInput where the tags end; what was read is checked all the same.
  Result<void> feed(ByteView bytes);
  /// Instead of bytes, by who reads them: a tag, and where it begins in the file. What the file
  /// header announces and how long the file is are not looked at then.
  void take(const flv::TagView& tag, std::int64_t position);
  /// No more comes.
  std::vector<Finding> finish();

 private:
  struct Lane {
    bool configured = false;
    std::int64_t unconfigured = 0;  // frames
    std::int64_t last_ms = 0;
    std::int64_t backwards = 0;
    std::int64_t first_back_ms = 0;
    bool any = false;
  };
  struct Place {
    std::int64_t decoded_ms = 0;
    std::int64_t shown_ms = 0;
  };
  struct Entry {
    double time_s = 0;
    double position = 0;
  };

  void take_part(const flv::TagView& tag, const flv::BodyPart& part, std::int64_t position);
  void read_metadata(const flv::TagView& tag);
  void check_index();
  void check_flags();
  void check_lanes();
  void check_size();
  void add(std::string_view rule, boost::json::value measured, boost::json::value limit,
           std::string message);

  std::string uri_;
  flv::TagReader reader_;
  Findings findings_;
  std::map<std::pair<flv::TagType, int>, Lane> lanes_;
  std::map<std::int64_t, Place> key_frames_;  // by position
  std::vector<std::int64_t> lead_in_;         // of the picture that comes next
  std::vector<Entry> index_;
  bool uneven_ = false;  // as many times as positions
  std::optional<double> declared_size_;
  std::int64_t end_ = 0;  // of the last tag in the file
  bool audio_ = false;
  bool video_ = false;
  bool whole_ = false;  // was fed bytes
};

/// Reads the file through. kIo when it cannot be read, kStopped.
Result<std::vector<Finding>> check_flv(const std::string& path, const StopSource& stop);

}  // namespace weir::probe
