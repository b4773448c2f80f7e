// A small ladder of two renditions with sound, and a fixture that publishes it into memory.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "publish/hls_publisher.h"
#include "support/coded_stream.h"
#include "support/counting_random.h"
#include "support/fake_clock.h"
#include "support/matchers.h"
#include "support/words.h"

namespace weir::publish {

using namespace std::chrono_literals;
using Type = hls::MediaPlaylist::Type;

/// Remembers the order of calls; refuses the put with a given number; can lose a segment, or be
/// unable to flush. What it remembers is to be read when nobody puts.
class WatchedStore : public MemoryStore {
 public:
  Result<void> put(std::string_view name, ByteView bytes) override {
    if (is_refused(name)) return fail(Code::kIo, "cannot write '{}': disk full", name);
    return MemoryStore::put(name, bytes);
  }
  Result<void> put_private(std::string_view name, ByteView bytes) override {
    private_names.insert(std::string(name));
    return put(name, bytes);
  }
  Result<void> put_segment(std::string_view name, const Pieces& pieces, Micros duration) override {
    if (lost.contains(std::string(name))) return {};
    {
      const std::lock_guard lock(mutex_);
      durations[std::string(name)] = duration;
    }
    return MemoryStore::put_segment(name, pieces, duration);
  }
  Result<void> put_listing(std::string_view name, Listing listing) override {
    const Bytes bytes =
        listing([this](std::string_view n) { return lost.contains(std::string(n)); });
    WEIR_TRY(put(name, bytes));
    if (on_listing) on_listing(std::string(name));
    return {};
  }
  Result<void> flush() override {
    ++flushes;
    if (flush_fails) return fail(Code::kIo, "the way is blocked");
    return {};
  }
  /// From now on names that end so cannot be put.
  void refuse(std::string ending) {
    const std::lock_guard lock(mutex_);
    refused_ = std::move(ending);
  }
  void remove_everything() {
    for (const auto& [name, bytes] : files()) (void)remove(name);
  }
  std::string text(const std::string& name) const {
    const auto all = files();
    const auto found = all.find(name);
    return found == all.end() ? "" : std::string(found->second.begin(), found->second.end());
  }
  std::function<void(const std::string& name)> on_listing;  // once it is there
  std::vector<std::string> puts;
  std::size_t fail_at = 0;
  std::set<std::string> private_names;
  std::set<std::string> lost;
  std::map<std::string, Micros> durations;  // of segments
  int flushes = 0;
  bool flush_fails = false;

 private:
  bool is_refused(std::string_view name) {
    const std::lock_guard lock(mutex_);
    puts.emplace_back(name);
    return puts.size() == fail_at || (!refused_.empty() && name.ends_with(refused_));
  }
  std::mutex mutex_;  // renditions of VOD are put at the same time
  std::string refused_;
};

/// One second of 25 pictures with a key frame at its begin, again and again, and AAC beside it.
class Source {
 public:
  Source() {
    picture_ = support::encode_video(
        {.frames = 25, .gop = 25, .b_frames = 0, .options = {{"preset", "ultrafast"}}});
    sound_ = support::encode_audio({"aac", 48000, 2, 48});
  }
  media::Tracks tracks() const {
    media::Tracks out{picture_.track, picture_.track, sound_.track};
    for (int i = 0; i < 3; ++i) out[static_cast<std::size_t>(i)].index = i;
    out[0].rendition = "720p";
    out[1].rendition = "360p";
    out[2].rendition = "audio";
    out[2].language = "eng";
    out[0].bitrate = 40'000, out[0].max_bitrate = 60'000;
    out[1].bitrate = 40'000, out[1].max_bitrate = 60'000;
    out[2].bitrate = 64'000;
    return out;
  }
  /// From second `n` on the track has no pictures, or has them again.
  media::Event change(int track, bool is_dropped, std::int64_t n) {
    dropped[static_cast<std::size_t>(track)] = is_dropped;
    return media::rendition_event(tracks()[static_cast<std::size_t>(track)], is_dropped,
                                  {n, {1, 1}});
  }
  /// No sound comes that is from before second `n`.
  void skip_sound_to(std::int64_t n) { samples_ = n * 48'000 / 1024 * 1024; }
  /// The items of one second, begin included: grid, pictures of both renditions, sound.
  std::vector<media::Item> second(std::int64_t n, std::int64_t grid) {
    std::vector<media::Item> out;
    if (n % grid == 0) out.push_back(media::segment_event(n / grid, {n, {1, 1}}, {grid, {1, 1}}));
    for (const auto& packet : picture_.packets)
      for (const int track : {0, 1}) {
        if (dropped[static_cast<std::size_t>(track)]) continue;
        out.push_back(moved(packet, track, n * 25));
        const media::Time now = media::position(out.back());
        while (media::Time{samples_, {1, 48000}} <= now) out.push_back(next_sound());
      }
    return out;
  }

 private:
  static media::Packet moved(const media::Packet& packet, int track, std::int64_t ticks) {
    media::Packet out = packet.share();
    out.raw()->stream_index = track;
    out.raw()->pts += ticks;
    out.raw()->dts += ticks;
    return out;
  }
  media::Packet next_sound() {
    const auto at = static_cast<std::size_t>(samples_ / 1024) % sound_.packets.size();
    media::Packet out = sound_.packets[at].share();
    out.raw()->stream_index = 2;
    out.raw()->pts = out.raw()->dts = samples_;
    out.raw()->duration = 1024;
    samples_ += 1024;
    return out;
  }

  std::array<bool, 2> dropped{};
  support::CodedStream picture_, sound_;
  std::int64_t samples_ = 0;
};

class Publisher : public ::testing::Test {
 protected:
  HlsServices services() { return {store, clock, words, progress, &stop, 0, random}; }

  Result<void> open() {
    WEIR_TRY_ASSIGN(publisher,
                    HlsPublisher::open(source.tracks(), options, services(), std::move(texts)));
    return {};
  }
  /// Pushes seconds `from` to `to` of the stream, one second of clock time each.
  Result<void> push(std::int64_t from, std::int64_t to) {
    for (std::int64_t n = from; n < to; ++n) {
      for (auto& item : source.second(n, 2)) WEIR_TRY(publisher->push(std::move(item)));
      clock.advance(1s);
    }
    return {};
  }
  Result<void> push_event(media::Event event) {
    WEIR_TRY(publisher->push(std::move(event)));
    return {};
  }
  Result<void> run(std::int64_t seconds) {
    WEIR_TRY(open());
    const auto pushed = push(0, seconds);
    const auto finished = publisher->finish();
    return pushed ? finished : pushed;
  }
  /// Four seconds, once for each of the first so many puts: the failure comes up, and nothing
  /// stays.
  void store_fails_at_each_of(std::size_t puts) {
    for (std::size_t at = 1; at <= puts; ++at) {
      source = Source();
      store.puts.clear();
      store.fail_at = at;
      EXPECT_THAT(run(4), support::FailsWith(Code::kIo, ::testing::HasSubstr("disk full"))) << at;
      EXPECT_THAT(names(), ::testing::IsEmpty()) << at;
    }
  }
  void expect_the_same_again_an_hour_later() {
    ASSERT_THAT(run(4), support::IsOk());
    const auto first = store.files();
    clock.advance(1h);
    source = Source();
    ASSERT_THAT(run(4), support::IsOk());
    EXPECT_EQ(store.files(), first);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [name, bytes] : store.files()) out.push_back(name);
    return out;
  }

  Source source;
  HlsOptions options;
  std::vector<HlsText> texts;  // of the next run
  WatchedStore store;
  support::FakeClock clock;
  support::CountingRandom random;
  support::Words words;
  NullProgress progress;
  StopSource stop;
  std::unique_ptr<HlsPublisher> publisher;
};

}  // namespace weir::publish
