#include <algorithm>
#include <chrono>
#include <future>

#include "base/wait.h"
#include "flow/read_ahead.h"
#include "formats/input.h"
#include "probe/check_flv.h"
#include "probe/rtmp_check.h"
#include "probe/stream_player.h"
#include "probe/viewer_track.h"
#include "probe/watch.h"

namespace weir::probe {
namespace {

constexpr std::chrono::milliseconds kLook{50};
constexpr Micros kBeside{3'000'000};           // how long the connection is looked at
constexpr std::int64_t kMostHeld = 256 << 20;  // bytes between the network and the decoder

/// What came, with when.
struct Arrived {
  std::int64_t at_us = 0;
  media::Tracks tracks;  // of the first, which has no item
  std::optional<media::Item> item;
  std::string container;
};

/// Opens the stream when it is first asked, so that opening can be waited for too.
class ArrivingSource : public flow::Source<Arrived> {
 public:
  ArrivingSource(const WatchOptions& options, const StopSource& over, Log& log,
                 std::function<std::int64_t()> now)
      : options_(options), over_(over), log_(log), now_(std::move(now)), check_(options.input) {}

  /// After the last next().
  std::vector<Finding> findings() { return check_.finish(); }

  Result<std::optional<Arrived>> next() override {
    if (!input_) return open();
    WEIR_TRY_ASSIGN(auto item, input_->next());
    if (!item) return std::optional<Arrived>();
    Arrived out;
    out.at_us = now_();
    out.item = std::move(*item);
    return std::optional(std::move(out));
  }

 private:
  Result<std::optional<Arrived>> open() {
    formats::InputOptions reading;
    reading.stop = &over_;
    reading.log = &log_;
    reading.dates = true;
    reading.flv_tags = [this](const flv::TagView& tag, std::int64_t position) {
      check_.take(tag, position);
    };
    WEIR_TRY_ASSIGN(input_, formats::Input::open(options_.input, reading));
    Arrived out;
    out.at_us = now_();
    out.tracks = input_->tracks();
    out.container = input_->container();
    return std::optional(std::move(out));
  }

  const WatchOptions& options_;
  const StopSource& over_;
  Log& log_;
  const std::function<std::int64_t()> now_;
  FlvCheck check_;
  std::unique_ptr<formats::Input> input_;
};

std::int64_t cost(const Arrived& arrived) {
  const auto* packet = arrived.item ? std::get_if<media::Packet>(&*arrived.item) : nullptr;
  return packet == nullptr ? 1 : std::int64_t(packet->bytes().size());
}

class StreamWatch {
 public:
  StreamWatch(std::function<std::int64_t()> now, std::int64_t begun_utc_us)
      : now_(std::move(now)), begun_utc_us_(begun_utc_us) {}

  void take(const Arrived& arrived) {
    if (!arrived.item) return open(arrived);
    const auto* packet = std::get_if<media::Packet>(&*arrived.item);
    if (packet == nullptr) return take_event(std::get<media::Event>(*arrived.item));
    if (!player_) return;
    const bool video = packet->track() == video_index_;
    if (!video && packet->track() != audio_index_) return;
    player_->arrived(video ? PlayerLane::kVideo : PlayerLane::kAudio, packet->dts().micros(),
                     arrived.at_us);
    report_.bytes += std::int64_t(packet->bytes().size());
    ++report_.pieces;
    (video ? video_ : audio_).add(in_micros(*packet), packet->key());
  }
  void tick() {
    if (player_) player_->tick(now_());
  }
  void end() {
    if (player_) player_->end(now_());
  }
  bool played() const { return !player_ || player_->buffer().ended(); }
  void trouble(std::string why) { report_.problem = std::move(why); }
  const std::string& container() const { return container_; }

  ViewerReport finish() {
    report_.how = "stream";
    report_.video = video_.finish();
    report_.audio = audio_.finish();
    report_.sync_max_us = audio_.clock().max_us();
    report_.sync_last_us = audio_.clock().last_us();
    if (!player_) return report_;
    player_->tick(now_());
    report_.player = player_->buffer().figures();
    report_.playing = player_->buffer().playing();
    report_.latency = player_->latency();
    return report_;
  }

 private:
  void open(const Arrived& arrived) {
    container_ = arrived.container;
    const auto* picture = media::main_video(arrived.tracks);
    const auto sound = std::ranges::find_if(arrived.tracks, &media::Track::audio);
    const bool has_sound = sound != arrived.tracks.end();
    if (picture == nullptr && !has_sound) return trouble("no picture and no sound in it");
    player_.emplace(picture != nullptr, has_sound, begun_utc_us_);
    if (picture != nullptr) start(video_, *picture, video_index_);
    if (has_sound) start(audio_, *sound, audio_index_);
  }
  void take_event(const media::Event& event) {
    const auto utc = event.number("utc_us");
    if (player_ && utc && event.kind() == media::event::kAnchor)
      player_->dated(event.at.micros(), *utc);
  }
  void start(ViewerTrack& to, media::Track track, int& index) {
    index = track.index;
    track.time_base = media::kMicros;
    if (auto opened = to.open(track); !opened) trouble(opened.error().what);
  }
  static media::Packet in_micros(const media::Packet& packet) {
    media::Packet out = packet.share();
    out.rebase(media::kMicros);
    return out;
  }

  const std::function<std::int64_t()> now_;
  const std::int64_t begun_utc_us_;
  ViewerReport report_;
  std::string container_;
  std::optional<StreamPlayer> player_;
  int video_index_ = -1, audio_index_ = -1;
  ViewerTrack video_{media::Kind::kVideo,
                     [this](std::int64_t pts) { player_->shown(PlayerLane::kVideo, pts, now_()); }};
  ViewerTrack audio_{media::Kind::kAudio,
                     [this](std::int64_t pts) { player_->shown(PlayerLane::kAudio, pts, now_()); }};
};

}  // namespace

Result<WatchReport> watch_stream(const WatchOptions& options, const StopSource& stop, Log& log,
                                 Progress& progress, const Clock& clock) {
  const auto begun = clock.monotonic();
  const auto now = [&] {
    return std::chrono::duration_cast<Micros>(clock.monotonic() - begun).count();
  };
  StopSource over;
  const bool rtmp = options.input.starts_with("rtmp://") || options.input.starts_with("rtmps://");
  auto beside = std::async(std::launch::async, [&] {
    return rtmp ? observe_rtmp(options.input, std::min(options.duration, kBeside), stop)
                : RtmpFacts();
  });
  ArrivingSource source(options, over, log, now);
  StreamWatch watch(now, clock.utc_us());
  const std::int64_t end = options.duration.count();
  std::string broken;
  {
    flow::ReadAhead<Arrived> arriving(source, over, kMostHeld, cost);
    bool more = true;
    while (now() < end && !stop.requested() && (more || !watch.played())) {
      if (!more) {
        wait_for(kLook, stop);
      } else if (auto got = arriving.next_within(kLook); !got) {
        if (watch.container().empty()) return fail(std::move(got).error());
        broken = got.error().what;
        watch.trouble(broken);
        more = false;
      } else if (got->state == flow::Awaited<Arrived>::State::kEnd) {
        more = false;
      } else if (got->state == flow::Awaited<Arrived>::State::kItem) {
        watch.take(*got->item);
      }
      if (!more) watch.end();
      watch.tick();
      progress.update({std::min(now(), end), end, 0, 0, 0, {}});
    }
  }
  WatchReport out;
  out.input = options.input;
  out.watched_us = now();
  out.viewer = watch.finish();
  out.kind = watch.container();
  LiveFindings findings;
  const LiveScene scene{findings, out.input, out.watched_us};
  if (!broken.empty()) scene.add("weir-DAMAGE", 0, nullptr, nullptr, broken);
  check_viewer(*out.viewer, scene);
  check_rtmp(beside.get(), scene);
  for (auto& finding : source.findings()) findings.add_new(std::move(finding));
  out.findings = findings.take();
  return out;
}

}  // namespace weir::probe
