#include "probe/measure.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

extern "C" {
#include <libavutil/channel_layout.h>
}

#include "codec/decoder.h"
#include "codec/filter.h"

namespace weir::probe {
namespace {

constexpr std::size_t kMostStretches = 1000;
constexpr std::size_t kMostSeconds = 86'400;
constexpr int kMostChannels = 64;
constexpr double kSilence = -120;  // what is no number, or below

constexpr const char* kPictures =
    "blackdetect=d=0.1:pic_th=0.98:pix_th=0.1,freezedetect=n=-60dB:d=0.5";
constexpr const char* kSound = "ebur128=metadata=1:peak=true,silencedetect=n=-60dB:d=0.5";

std::optional<double> number(const AVFrame& frame, const std::string& key) {
  const auto* entry = av_dict_get(frame.metadata, key.c_str(), nullptr, 0);
  if (entry == nullptr) return {};
  const double value = std::strtod(entry->value, nullptr);
  return std::isfinite(value) ? std::max(value, kSilence) : kSilence;
}

// Channels that nobody named are taken for the usual ones: loudness weighs them by their places.
std::string with_layout(const AVFrame& first) {
  if (first.width > 0 || first.ch_layout.order != AV_CHANNEL_ORDER_UNSPEC) return "";
  AVChannelLayout usual{};
  av_channel_layout_default(&usual, first.ch_layout.nb_channels);
  char name[128] = {};
  av_channel_layout_describe(&usual, name, sizeof name);
  av_channel_layout_uninit(&usual);
  return fmt::format("aformat=channel_layouts={},", name);
}

std::int64_t micros(double seconds) {
  return std::llround(std::clamp(seconds, -1e12, 1e12) * 1e6);
}

/// Stretches as a filter tells them: the start on one frame, the end on a later one or never.
class Stretches {
 public:
  Stretches(std::string start, std::string end) : start_(std::move(start)), end_(std::move(end)) {}

  void see(const AVFrame& frame) {
    const auto start = number(frame, start_);
    const auto end = number(frame, end_);
    if (end && open_) close(micros(*end));
    if (start) open_ = micros(*start);
    if (start && end && *end > *start) close(micros(*end));
  }
  std::vector<Stretch> finish(std::int64_t end_us) {
    if (open_ && end_us > *open_) close(end_us);
    return std::move(found_);
  }

 private:
  void close(std::int64_t end_us) {
    if (found_.size() < kMostStretches) found_.push_back({*open_, end_us});
    open_.reset();
  }
  std::string start_;
  std::string end_;
  std::optional<std::int64_t> open_;
  std::vector<Stretch> found_;
};

class PictureSink : public flow::Sink<media::Frame> {
 public:
  Result<flow::Flow> push(media::Frame frame) override {
    black.see(*frame.raw());
    frozen.see(*frame.raw());
    return flow::Flow::kMore;
  }
  Result<void> finish() override { return {}; }

  Stretches black{"lavfi.black_start", "lavfi.black_end"};
  Stretches frozen{"lavfi.freezedetect.freeze_start", "lavfi.freezedetect.freeze_end"};
};

class SoundSink : public flow::Sink<media::Frame> {
 public:
  Result<flow::Flow> push(media::Frame frame) override {
    const AVFrame& raw = *frame.raw();
    silent.see(raw);
    const auto integrated = number(raw, "lavfi.r128.I");
    if (!integrated) return flow::Flow::kMore;
    if (!loudness) loudness = Loudness{kSilence, 0, kSilence, kSilence, {}};
    loudness->integrated = *integrated;
    loudness->range = number(raw, "lavfi.r128.LRA").value_or(0);
    const double now = number(raw, "lavfi.r128.S").value_or(kSilence);
    loudness->short_term = std::max(loudness->short_term, now);
    see_peaks(raw);
    see_second(frame.pts().micros(), now);
    return flow::Flow::kMore;
  }
  Result<void> finish() override { return {}; }

  Stretches silent{"lavfi.silence_start", "lavfi.silence_end"};
  std::optional<Loudness> loudness;

 private:
  // The filter tells them as amplitudes.
  void see_peaks(const AVFrame& frame) {
    for (int i = 0; i < std::min(frame.ch_layout.nb_channels, kMostChannels); ++i) {
      const auto peak = number(frame, fmt::format("lavfi.r128.true_peaks_ch{}", i));
      if (peak && *peak > 0)
        loudness->true_peak = std::max(loudness->true_peak, 20 * std::log10(*peak));
    }
  }
  void see_second(std::int64_t at_us, double value) {
    if (!first_us_) first_us_ = at_us;
    const auto second =
        static_cast<std::size_t>(std::max<std::int64_t>(0, at_us - *first_us_) / 1'000'000);
    if (second >= kMostSeconds) return;
    loudness->per_second.resize(std::max(loudness->per_second.size(), second + 1), kSilence);
    loudness->per_second[second] = value;
  }
  std::optional<std::int64_t> first_us_;
};

/// A track, its decoder and its filters.
template <typename End>
struct Chain {
  explicit Chain(const char* description)
      : filter([description](const AVFrame& first) { return with_layout(first) + description; },
               end) {}

  Result<void> open(const media::Track& chosen) {
    WEIR_TRY_ASSIGN(decoder, codec::Decoder::open(chosen, 1, filter));
    track = chosen.index;
    return {};
  }
  Result<void> add(const media::Packet& packet) {
    if (!decoder || packet.track() != track) return {};
    WEIR_TRY(decoder->push(packet.share()));
    return {};
  }
  Result<std::int64_t> finish() {
    if (!decoder) return 0;
    WEIR_TRY(decoder->finish());
    return decoder->damaged();
  }

  End end;
  codec::Filter filter;
  std::unique_ptr<codec::Decoder> decoder;
  int track = -1;
};

class BothMeasurer : public Measurer {
 public:
  Result<void> open_tracks(const media::Tracks& tracks) {
    if (const auto* video = media::main_video(tracks)) WEIR_TRY(pictures_.open(*video));
    const auto sound = std::ranges::find_if(tracks, &media::Track::audio);
    if (sound != tracks.end()) WEIR_TRY(sound_.open(*sound));
    return {};
  }

  Result<void> add(const media::Item& item) override {
    const auto* packet = std::get_if<media::Packet>(&item);
    if (packet == nullptr) return {};
    WEIR_TRY(pictures_.add(*packet));
    return sound_.add(*packet);
  }

  Result<Measures> finish(std::int64_t end_us) override {
    Measures out;
    WEIR_TRY_ASSIGN(const auto lost_pictures, pictures_.finish());
    WEIR_TRY_ASSIGN(const auto lost_sound, sound_.finish());
    out.undecodable = lost_pictures + lost_sound;
    out.black = pictures_.end.black.finish(end_us);
    out.frozen = pictures_.end.frozen.finish(end_us);
    out.silent = sound_.end.silent.finish(end_us);
    out.loudness = std::move(sound_.end.loudness);
    return out;
  }

 private:
  Chain<PictureSink> pictures_{kPictures};
  Chain<SoundSink> sound_{kSound};
};

}  // namespace

Result<std::unique_ptr<Measurer>> Measurer::open(const media::Tracks& tracks) {
  auto self = std::make_unique<BothMeasurer>();
  WEIR_TRY(self->open_tracks(tracks));
  return std::unique_ptr<Measurer>(std::move(self));
}

}  // namespace weir::probe
