// An MP4 without its index as an input like any other, made with the help of a whole one.
#pragma once

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "formats/input.h"
#include "probe/boxes.h"
#include "probe/sample_hunt.h"

namespace weir::probe {

/// The media of `boxes`; empty when the index is there and whole, or there is no media.
std::vector<Range> media_without_index(const std::vector<TopBox>& boxes, const std::string& path);

/// Codec, parameter sets and rates are those of the first pictures and sound of `like`. Sound other
/// than AAC is lost, and that is said.
///
/// Time       Pictures are evenly spaced at the rate of `like` and shown in the order they tell;
///            sound counts its samples. Where `like` has no constant rate, or both would end more
///            than a second apart, pictures are spread over the length of the sound. The offset
///            between both is that of `like`.
class RebuiltInput : public formats::Input {
 public:
  /// Looks through all of the media. Fails as hunt_samples() and Input::open() do; kBadInput when
  /// nothing is found.
  static Result<std::unique_ptr<RebuiltInput>> open(const std::string& path,
                                                    const std::vector<Range>& media,
                                                    const std::string& like, const StopSource& stop,
                                                    Log& log);

  Result<std::optional<media::Item>> next() override;
  const media::Tracks& tracks() const override { return tracks_; }
  const std::string& name() const override { return name_; }
  bool seekable() const override { return true; }
  std::optional<Micros> duration() const override { return {}; }
  std::string container() const override { return "mp4 without its index"; }
  bool has_events() const override { return false; }

  std::int64_t unknown_bytes() const { return unknown_bytes_; }
  std::int64_t tail_bytes() const { return tail_bytes_; }
  /// How pictures are timed, for people.
  const std::string& timing() const { return timing_; }

 private:
  struct Due {
    FoundSample sample;
    int track = 0;
    std::int64_t pts = 0, dts = 0, duration = 0;  // in the base of the track
  };
  RebuiltInput(std::string path, const StopSource& stop)
      : path_(std::move(path)), name_("'" + path_ + "'"), stop_(stop) {}
  void time_pictures(const std::vector<FoundSample>& pictures, std::int64_t begin_us);
  void time_sound(const std::vector<FoundSample>& sound, std::int64_t begin_us, std::int64_t step);
  void choose_rate(std::size_t pictures, double sound_seconds, const std::string& like);
  media::Track* track(media::Kind kind);

  const std::string path_;
  const std::string name_;
  const StopSource& stop_;
  media::Tracks tracks_;
  std::vector<Due> due_;  // in the order of decoding
  std::size_t next_ = 0;
  std::ifstream file_;
  std::int64_t unknown_bytes_ = 0;
  std::int64_t tail_bytes_ = 0;
  std::string timing_;
  double step_ticks_ = 0;  // from a picture to the next
};

}  // namespace weir::probe
