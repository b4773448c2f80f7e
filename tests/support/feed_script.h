// A feed that gives what it was told to, at moments of a clock that nobody else turns.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

#include "ingest/feed.h"
#include "support/fake_clock.h"

namespace weir::support {

inline constexpr AVRational kMillis{1, 1000};
inline constexpr AVRational kTs{1, 90'000};
inline constexpr AVRational kSamples{1, 48'000};

inline media::Track track(int index, media::Kind kind, AVCodecID codec, AVRational base,
                          int rate = 48'000) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  par->codec_id = codec;
  par->codec_type = kind == media::Kind::kVideo ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO;
  par->sample_rate = rate;
  par->ch_layout.nb_channels = 2;
  media::Track out;
  out.index = index;
  out.kind = kind;
  out.par = media::copy_parameters(*par);
  out.time_base = base;
  avcodec_parameters_free(&par);
  return out;
}
inline media::Track picture(int index, AVRational base = kMillis,
                            AVCodecID codec = AV_CODEC_ID_H264) {
  return track(index, media::Kind::kVideo, codec, base);
}
inline media::Track sound(int index, int rate = 48'000) {
  return track(index, media::Kind::kAudio, AV_CODEC_ID_AAC, kSamples, rate);
}

class FeedScript : public ingest::Feed {
 public:
  using Millis = std::chrono::milliseconds;
  explicit FeedScript(FakeClock& clock) : clock_(clock) {}

  FeedScript& event(Millis when, std::string_view kind, std::int64_t at) {
    items_.emplace_back(when, media::Item(media::make_event(kind, {at, kMillis})));
    return *this;
  }
  FeedScript& change(Millis when, const media::Track& now, std::int64_t at) {
    items_.emplace_back(when, media::Item(media::change_event(now, {at, kMillis})));
    return *this;
  }
  FeedScript& arrive(Millis when, media::Tracks tracks, std::string from = "'the source'") {
    items_.emplace_back(when, ingest::Arrival{std::move(tracks), std::move(from)});
    return *this;
  }
  /// `delay`: ticks by which it is shown later than decoded.
  FeedScript& packet(Millis when, int index, AVRational base, std::int64_t at, std::int64_t length,
                     bool key = false, std::int64_t delay = 0) {
    auto packet = media::Packet::of(as_bytes("x"));
    auto& raw = *packet.raw();
    raw.stream_index = index;
    raw.time_base = base;
    raw.dts = at;
    raw.pts = at + delay;
    raw.duration = length;
    raw.flags = key ? AV_PKT_FLAG_KEY : 0;
    items_.emplace_back(when, media::Item(std::move(packet)));
    return *this;
  }
  /// 25 a second, a key at every `gop`th; stamps begin at `first` milliseconds.
  FeedScript& pictures(Millis when, int count, int index = 0, AVRational base = kMillis,
                       std::int64_t first = 0, int gop = 25) {
    const std::int64_t length = media::Time{40, kMillis}.in(base);
    const std::int64_t begin = media::Time{first, kMillis}.in(base);
    for (int i = 0; i < count; ++i)
      packet(when + i * Millis(40), index, base, begin + i * length, length, i % gop == 0);
    return *this;
  }
  /// Behind all items; without it the feed ends.
  FeedScript& fail_with(Error failure) {
    failure_ = std::move(failure);
    return *this;
  }

  Result<std::optional<ingest::FeedItem>> next() override {
    if (items_.empty() && !failure_) return std::optional<ingest::FeedItem>();
    WEIR_TRY_ASSIGN(auto awaited, next_within(std::chrono::hours(1)));
    return std::move(awaited.item);
  }
  Result<flow::Awaited<ingest::FeedItem>> next_within(std::chrono::nanoseconds patience) override {
    using Awaited = flow::Awaited<ingest::FeedItem>;
    if (items_.empty() && failure_) return fail(*failure_);
    if (items_.empty()) return Awaited{Awaited::State::kEnd};
    const auto wait = items_.front().first - clock_.monotonic();
    clock_.advance(std::clamp(wait, std::chrono::nanoseconds(0), patience));
    if (wait > patience) return Awaited{};
    Awaited out{Awaited::State::kItem, std::move(items_.front().second)};
    items_.pop_front();
    return out;
  }

 private:
  FakeClock& clock_;
  std::deque<std::pair<std::chrono::nanoseconds, ingest::FeedItem>> items_;
  std::optional<Error> failure_;
};

}  // namespace weir::support
