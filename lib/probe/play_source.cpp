#include <poll.h>

#include <algorithm>
#include <thread>

#include "codec/audio_timeline.h"
#include "codec/decoder.h"
#include "codec/filter.h"
#include "codec/filter_text.h"
#include "flow/read_ahead.h"
#include "formats/input.h"
#include "probe/play.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kMostAhead = 16 << 20;  // bytes that are read before they are decoded
constexpr media::Time kTolerance{kPlayedRate / 50, {1, kPlayedRate}};  // of sound's stamps

/// Passes a stop on to another, as long as it lives.
class StopRelay {
 public:
  StopRelay(const StopSource& from, StopSource& to)
      : thread_([&from, &to](const std::stop_token& enough) {
          while (!enough.stop_requested() && !to.requested()) {
            pollfd watched{from.fd(), POLLIN, 0};
            if (poll(&watched, 1, 50) > 0) to.request();
          }
        }) {}

 private:
  std::jthread thread_;
};

struct Frames : flow::Sink<media::Frame> {
  explicit Frames(std::deque<Decoded>& out) : to(out) {}
  Result<flow::Flow> push(media::Frame frame) override {
    const std::int64_t at = frame.pts().micros() + offset_us;
    if (at + length_us(frame) > from_us) to.push_back({at, std::move(frame)});
    return flow::Flow::kMore;
  }
  Result<void> finish() override { return {}; }
  static std::int64_t length_us(const media::Frame& frame) {
    const AVFrame& raw = *frame.raw();
    if (raw.sample_rate > 0) return av_rescale(raw.nb_samples, 1'000'000, raw.sample_rate);
    return std::max<std::int64_t>(1, media::Time{raw.pkt_duration, frame.base()}.micros());
  }
  std::deque<Decoded>& to;
  std::int64_t offset_us = 0;
  std::int64_t from_us = 0;
};

/// One track: its packets in, its frames out.
struct Lane {
  int track = -1;
  std::unique_ptr<flow::Sink<media::Frame>> timeline;  // of sound
  std::unique_ptr<codec::Filter> filter;
  std::unique_ptr<codec::Decoder> decoder;

  Result<void> open(const media::Track& of, std::string filters, flow::Sink<media::Frame>& to) {
    track = of.index;
    filter = std::make_unique<codec::Filter>(
        [filters = std::move(filters)](const AVFrame&) { return filters; }, to);
    WEIR_TRY_ASSIGN(decoder, codec::Decoder::open(of, of.video() ? 0 : 1, *filter));
    return {};
  }
};

class InputSource : public PlaySource {
 public:
  Result<void> open(const std::string& path, std::int64_t from_us, bool with_sound,
                    const StopSource& stop, Log& log, std::optional<std::int64_t>& origin_us) {
    relay_.emplace(stop, stop_);
    formats::InputOptions reading;
    reading.stop = &stop_;
    reading.log = &log;
    if (from_us > 0) reading.start = Micros(from_us);
    WEIR_TRY_ASSIGN(input_, formats::Input::open(path, reading));
    const auto& tracks = input_->tracks();
    const std::int64_t shift = tracks.empty() ? 0 : tracks.front().shift.micros();
    if (!origin_us) origin_us = shift;
    for (Frames* frames : {&shown_, &heard_}) {
      frames->offset_us = *origin_us - shift;
      frames->from_us = from_us;
    }
    WEIR_TRY(open_lanes(with_sound));
    reader_.emplace(*input_, stop_, kMostAhead, [](const media::Item& item) {
      const auto* packet = std::get_if<media::Packet>(&item);
      return packet == nullptr ? 0 : static_cast<std::int64_t>(packet->bytes().size());
    });
    return {};
  }

  Result<bool> read(std::chrono::nanoseconds patience) override {
    auto awaited = reader_->next_within(patience);
    using State = flow::Awaited<media::Item>::State;
    if (!awaited && awaited.error().code == Code::kStopped) return fail(awaited.error());
    if (!awaited || awaited->state == State::kEnd) return finish();
    if (awaited->state == State::kNothingYet) return false;
    auto* packet = std::get_if<media::Packet>(&*awaited->item);
    if (packet == nullptr) return true;
    for (Lane* lane : {&picture_, &sound_})
      if (lane->decoder && lane->track == packet->track()) {
        WEIR_TRY(lane->decoder->push(std::move(*packet)));
        break;
      }
    return true;
  }

  bool over() const override { return over_; }
  bool has_pictures() const override { return picture_.decoder != nullptr; }
  bool has_sound() const override { return sound_.decoder != nullptr; }
  bool seekable() const override { return input_->seekable(); }
  std::optional<std::int64_t> duration_us() const override {
    const auto duration = input_->duration();
    return duration ? std::optional(shown_.from_us + duration->count()) : std::nullopt;
  }

 private:
  Result<void> open_lanes(bool with_sound) {
    const auto& tracks = input_->tracks();
    if (const auto* video = media::main_video(tracks)) {
      std::string filters = codec::upright_filter(*video);
      filters += filters.empty() ? "format=yuv420p" : ",format=yuv420p";
      WEIR_TRY(picture_.open(*video, filters, shown_));
    }
    const auto audio = std::ranges::find(tracks, media::Kind::kAudio, &media::Track::kind);
    if (!with_sound || audio == tracks.end()) return {};
    sound_.timeline = std::make_unique<codec::AudioTimeline>(kTolerance, heard_);
    return sound_.open(*audio, codec::sound_filter(kPlayedRate, AV_SAMPLE_FMT_S16, 2),
                       *sound_.timeline);
  }

  Result<bool> finish() {
    over_ = true;
    for (Lane* lane : {&picture_, &sound_})
      if (lane->decoder) WEIR_TRY(lane->decoder->finish());
    return false;
  }

  StopSource stop_;
  std::optional<StopRelay> relay_;
  std::unique_ptr<formats::Input> input_;
  Frames shown_{pictures}, heard_{sound};
  Lane picture_, sound_;
  std::optional<flow::ReadAhead<media::Item>> reader_;  // ends before what it reads from
  bool over_ = false;
};

}  // namespace

Result<std::unique_ptr<PlaySource>> open_play_source(const std::string& path, std::int64_t from_us,
                                                     bool sound, const StopSource& stop, Log& log,
                                                     std::optional<std::int64_t>& origin_us) {
  auto source = std::make_unique<InputSource>();
  WEIR_TRY(source->open(path, from_us, sound, stop, log, origin_us));
  return std::unique_ptr<PlaySource>(std::move(source));
}

}  // namespace weir::probe
