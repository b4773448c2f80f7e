// Streams put together for tests of the cutter, and a fixture that runs them through it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "hls/cut.h"
#include "support/collect.h"
#include "support/words.h"

namespace weir::hls {

inline constexpr AVRational kMillis{1, 1000};
inline constexpr AVRational kSamples{1, 48000};

inline media::Track track(int index, media::Kind kind, AVRational base, const char* name) {
  AVCodecParameters* par = avcodec_parameters_alloc();
  // Codecs without parameter sets: these tests are about time.
  par->codec_id = kind == media::Kind::kVideo ? AV_CODEC_ID_AV1 : AV_CODEC_ID_AAC;
  par->sample_rate = 48000;
  par->frame_size = kind == media::Kind::kAudio ? 1024 : 0;
  media::Track out;
  out.index = index;
  out.kind = kind;
  out.par = media::copy_parameters(*par);
  out.time_base = base;
  out.rendition = name;
  if (kind == media::Kind::kVideo) out.frame_rate = {25, 1};
  avcodec_parameters_free(&par);
  return out;
}

inline media::Packet packet(int index, AVRational base, std::int64_t pts, std::int64_t length,
                            bool key) {
  auto out = media::Packet::of(as_bytes("x"));
  AVPacket& raw = *out.raw();
  raw.stream_index = index;
  raw.time_base = base;
  raw.pts = raw.dts = pts;
  raw.duration = length;
  raw.flags = key ? AV_PKT_FLAG_KEY : 0;
  return out;
}

/// A stream put together out of order and pushed in order of time.
class Stream {
 public:
  /// 25 pictures a second from `from` to `to`, in milliseconds, keys every `gop`.
  Stream& video(int index, std::int64_t from, std::int64_t to, std::int64_t gop) {
    for (std::int64_t t = from; t < to; t += 40)
      items.push_back(packet(index, kMillis, t, 40, (t - from) % gop == 0));
    return *this;
  }
  Stream& audio(int index, std::int64_t from_sample, std::int64_t to_sample) {
    for (std::int64_t t = from_sample; t < to_sample; t += 1024)
      items.push_back(packet(index, kSamples, t, 1024, true));
    return *this;
  }
  Stream& grid(std::int64_t length, std::int64_t to) {
    for (std::int64_t n = 0; n * length < to; ++n)
      items.push_back(media::segment_event(n, {n * length, kMillis}, {length, kMillis}));
    return *this;
  }
  /// The ladder drops the track, or brings it back.
  Stream& dropped(int index, std::int64_t at) { return change(index, true, at); }
  Stream& back(int index, std::int64_t at) { return change(index, false, at); }
  Stream& event(std::string_view kind, std::int64_t at) {
    items.push_back(media::make_event(kind, {at, kMillis}));
    return *this;
  }
  std::vector<media::Item> in_order() {
    std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
      if (media::position(a) == media::position(b)) return a.index() > b.index();
      return media::position(a) < media::position(b);
    });
    return std::move(items);
  }
  std::vector<media::Item> items;

 private:
  Stream& change(int index, bool is_dropped, std::int64_t at) {
    media::Track track;
    track.index = index;
    items.push_back(media::rendition_event(track, is_dropped, {at, kMillis}));
    return *this;
  }
};

class Cut : public ::testing::Test {
 protected:
  Result<void> run(const media::Tracks& tracks, Stream& stream, CutOptions options = {}) {
    Cutter cutter(tracks, options, words, out, &parts);
    Result<void> outcome;
    for (auto& item : stream.in_order()) {
      auto flow = cutter.push(std::move(item));
      if (!flow) outcome = fail(std::move(flow).error());
      if (!flow || *flow == flow::Flow::kDone) break;
    }
    auto finished = cutter.finish();
    return outcome ? finished : outcome;
  }
  /// "start+duration" in milliseconds, with "D" for a discontinuity, "G" for a gap and "P" for
  /// a part.
  std::vector<std::string> segments(int index) const {
    std::vector<std::string> list;
    for (const auto& s : out.items)
      if (s.track == index)
        list.push_back(fmt::format("{}+{}{}{}{}", s.start.in(kMillis), s.duration.in(kMillis),
                                   s.discontinuity ? "D" : "", s.gap ? "G" : "",
                                   s.partial ? "P" : ""));
    return list;
  }

  const media::Tracks one{track(0, media::Kind::kVideo, kMillis, "720p")};
  const media::Tracks two{track(0, media::Kind::kVideo, kMillis, "720p"),
                          track(1, media::Kind::kVideo, kMillis, "360p")};
  const media::Tracks with_sound{track(0, media::Kind::kVideo, kMillis, "720p"),
                                 track(1, media::Kind::kAudio, kSamples, "audio")};
  const media::Tracks sound{track(0, media::Kind::kAudio, kSamples, "audio")};
  support::Words words;
  support::Collect<Segment> out;
  support::Collect<Part> parts;  // with CutOptions::part
};

}  // namespace weir::hls
