#include "publish/flv_file.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "flv/muxer.h"
#include "flv/utc.h"
#include "publish/flv_join.h"
#include "publish/flv_output.h"
#include "publish/flv_tally.h"
#include "publish/hls_wall_time.h"

namespace weir::publish {
namespace {

using flow::Flow;
using media::Item;
using media::Packet;
using media::Track;

constexpr std::int64_t kMaxHoldMs = 1000;
constexpr std::size_t kMaxHeld = 256;
constexpr std::int64_t kUtcEveryMs = 2'000;

media::Tracks copies_of(const FlvTracks& tracks) {
  media::Tracks copies;
  for (const auto* track : tracks.all()) copies.push_back(*track);
  return copies;
}

std::vector<const Track*> pointers(const media::Tracks& tracks) {
  std::vector<const Track*> out;
  for (const auto& track : tracks) out.push_back(&track);
  return out;
}

class FlvFile : public flow::Sink<Item> {
 public:
  FlvFile(const FlvTracks& tracks, FlvFileOptions options, Log& log, Progress& progress)
      : tracks_(copies_of(tracks)),
        options_(std::move(options)),
        log_(log),
        progress_(progress),
        tally_(pointers(tracks_), options_.encoder, options_.nanoseconds),
        dropped_(tracks_.size()) {}

  /// Into `output`, or when there is none to where the options say.
  Result<void> open(std::unique_ptr<FlvOutput> output = nullptr) {
    WEIR_TRY_ASSIGN(muxer_, flv::Muxer::open(pointers(now_), {options_.nanoseconds}));
    output_ = std::move(output);
    if (output_) return {};
    if (options_.append) return open_append();
    WEIR_TRY_ASSIGN(output_, open_flv_output(options_.path));
    return {};
  }

  Result<Flow> push(Item item) override {
    if (const auto* event = std::get_if<media::Event>(&item)) {
      WEIR_TRY(change(*event));
      read_event(*event);
    }
    auto* packet = std::get_if<Packet>(&item);
    const bool wanted = packet != nullptr && media::find_track(tracks_, packet->track()) != nullptr;
    if (!wanted) return done_ ? Flow::kDone : Flow::kMore;
    Result<Flow> flow = take(std::move(*packet));
    failed_ = !flow;
    return flow;
  }

  Result<void> finish() override {
    Result<void> outcome = failed_ ? Result<void>() : complete();
    output_.reset();
    return outcome;
  }

 private:
  Result<void> open_append();
  std::int64_t join();
  Result<void> change(const media::Event& event);
  void read_event(const media::Event& event);
  void read_time(const media::Event& event);
  void say_dropped(const Track& track, bool dropped, double at_s);
  Result<Flow> take(Packet packet);
  Result<void> complete();
  bool held_enough() const;
  Result<Flow> release();
  Result<Flow> write_packet(const Packet& packet);
  Result<void> write_utc(const Packet& packet, std::int64_t at_ms);
  Result<Flow> write(const flv::Tag& tag);

  const media::Tracks tracks_;
  media::Tracks now_ = tracks_;
  const FlvFileOptions options_;
  Log& log_;
  Progress& progress_;
  FlvTally tally_;
  std::optional<flv::Muxer> muxer_;
  std::unique_ptr<FlvOutput> output_;
  const flv::FileScan* found_ = nullptr;  // of output_: what is appended to
  std::vector<Packet> held_;
  std::vector<bool> dropped_;  // of the tracks: by the ladder
  WallTime wall_;
  std::optional<std::int64_t> utc_ms_;  // stamp of the last onUtc
  bool started_ = false;
  bool failed_ = false;
  bool done_ = false;
};

Result<void> FlvFile::open_append() {
  WEIR_TRY_ASSIGN(auto output, open_flv_append(options_.path));
  WEIR_TRY(check_joinable(output->found(), *muxer_, tracks_, fmt::format("'{}'", options_.path)));
  found_ = &output->found();
  output_ = std::move(output);
  return {};
}

// Where the first packets go in the file.
std::int64_t FlvFile::join() {
  if (found_ == nullptr || found_->tracks().empty()) return 0;
  if (found_->pending() > 0)
    log_.warning("'{}' ends within a tag: its {} bytes are removed", options_.path,
                 found_->pending());
  const std::int64_t origin_ms = flv::to_ms(held_.front().dts());
  const std::int64_t offset_ms = join_offset_ms(*found_, tracks_, held_, origin_ms);
  log_.info("'{}' goes on at {:.3f} s", options_.path, static_cast<double>(offset_ms) / 1000);
  return offset_ms;
}

void FlvFile::read_time(const media::Event& event) {
  if (event.kind() == media::event::kDiscontinuity) wall_.discontinuity(event.at);
  if (event.kind() != media::event::kAnchor) return;
  if (const auto utc = event.number("utc_us")) wall_.anchor(event.at, *utc);
}

Result<void> FlvFile::change(const media::Event& event) {
  if (!media::changed_track(event, now_)) return {};
  if (!started_ && !held_.empty()) WEIR_TRY(release());
  const auto& track = *media::apply_change(event, now_);
  log_.info("the {} at {:.3f} s: {}", track.video() ? "pictures change" : "sound changes",
            event.at.seconds(), track.codec_name());
  WEIR_TRY_ASSIGN(const auto tags, muxer_->change(track.index, event.at));
  for (const auto& tag : tags)
    if (started_) WEIR_TRY(write(tag));
  return {};
}

void FlvFile::read_event(const media::Event& event) {
  read_time(event);
  const auto change = media::rendition_change(event);
  if (!change) return;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (tracks_[i].index != change->track || dropped_[i] == change->dropped) continue;
    dropped_[i] = change->dropped;
    say_dropped(tracks_[i], change->dropped, event.at.seconds());
  }
}

void FlvFile::say_dropped(const Track& track, bool dropped, double at_s) {
  const std::string name =
      track.rendition.empty() ? "the picture" : fmt::format("rendition '{}'", track.rendition);
  const auto pictures = std::ranges::count_if(tracks_, [](const auto& t) { return t.video(); });
  const char* left = pictures > 1 ? "the other tracks go on" : "sound alone until it is back";
  if (dropped)
    log_.warning("{} is dropped at {:.3f} s: {}", name, at_s, left);
  else
    log_.info("{} is back at {:.3f} s", name, at_s);
}

Result<Flow> FlvFile::take(Packet packet) {
  if (started_) return write_packet(packet);
  held_.push_back(std::move(packet));
  return held_enough() ? release() : Flow::kMore;
}

Result<void> FlvFile::complete() {
  if (!started_ && held_.empty()) {
    log_.warning("no packet came: {} was written", options_.path == "-" ? "no FLV" : "no file");
    return {};
  }
  if (!started_) WEIR_TRY(release());
  for (const auto& end : muxer_->finish()) WEIR_TRY(write(end));
  return output_->commit(tally_.learnt());
}

bool FlvFile::held_enough() const {
  const auto came = [&](const Track& track) {
    return std::ranges::any_of(held_,
                               [&](const Packet& packet) { return packet.track() == track.index; });
  };
  if (std::ranges::all_of(tracks_, came)) return true;
  const auto [first, last] = std::minmax_element(
      held_.begin(), held_.end(), [](const auto& a, const auto& b) { return a.dts() < b.dts(); });
  const std::int64_t span_ms = flv::to_ms(last->dts()) - flv::to_ms(first->dts());
  return span_ms >= kMaxHoldMs || held_.size() >= kMaxHeld * tracks_.size();
}

Result<Flow> FlvFile::release() {
  started_ = true;
  std::stable_sort(held_.begin(), held_.end(),
                   [](const auto& a, const auto& b) { return a.dts() < b.dts(); });
  std::int64_t origin_ms = flv::to_ms(held_.front().dts());
  const bool later = media::Time{origin_ms, {1, 1000}} > held_.front().dts();
  if (options_.nanoseconds && later) --origin_ms;  // what is exact may not be cut at 0
  const std::int64_t offset_ms = join();
  muxer_->set_origin(origin_ms - offset_ms);
  tally_.set_origin(origin_ms - offset_ms);
  if (found_ != nullptr) tally_.begin_behind(*found_);
  WEIR_TRY_ASSIGN(const auto headers, muxer_->headers(offset_ms));
  WEIR_TRY_ASSIGN(Flow flow, output_->begin(tally_.declared()));
  done_ = flow == Flow::kDone;
  for (const auto& tag : headers) {
    WEIR_TRY_ASSIGN(flow, write(tag));
  }
  for (const auto& packet : std::exchange(held_, {})) {
    WEIR_TRY_ASSIGN(flow, write_packet(packet));
  }
  return flow;
}

Result<Flow> FlvFile::write_packet(const Packet& packet) {
  WEIR_TRY_ASSIGN(const auto tags, muxer_->push(packet));
  if (tags.empty()) return done_ ? Flow::kDone : Flow::kMore;
  if (packet.key() && tally_.is_main_video(packet)) tally_.add_key_frame(tags.front().timestamp_ms);
  tally_.add_packet(packet);
  progress_.update(tally_.progress());
  for (const auto& tag : tags) WEIR_TRY(write(tag));
  if (options_.utc) WEIR_TRY(write_utc(packet, tags.back().timestamp_ms));
  return done_ ? Flow::kDone : Flow::kMore;
}

// Behind the frame, so that a receiver knows where in its own stamps it is.
Result<void> FlvFile::write_utc(const Packet& packet, std::int64_t at_ms) {
  const auto utc_us = wall_.at(packet.dts());
  if (!utc_us || (utc_ms_ && at_ms - *utc_ms_ < kUtcEveryMs)) return {};
  utc_ms_ = at_ms;
  WEIR_TRY(write({flv::TagType::kScript, at_ms, flv::utc_body(*utc_us)}));
  return {};
}

Result<Flow> FlvFile::write(const flv::Tag& tag) {
  if (done_) return Flow::kDone;
  WEIR_TRY_ASSIGN(const Flow flow, output_->write(tag));
  done_ = flow == Flow::kDone;
  tally_.add_tag(tag);
  return flow;
}

}  // namespace

Result<std::unique_ptr<flow::Sink<Item>>> open_flv_file(const media::Tracks& tracks,
                                                        const FlvFileOptions& options, Log& log,
                                                        Progress& progress) {
  const auto choose = options.multitrack ? all_flv_tracks : choose_flv_tracks;
  WEIR_TRY_ASSIGN(const FlvTracks chosen, choose(tracks, options.rendition, log));
  auto file = std::make_unique<FlvFile>(chosen, options, log, progress);
  WEIR_TRY(file->open());
  return file;
}

Result<std::unique_ptr<flow::Sink<Item>>> open_flv_into(const FlvTracks& tracks,
                                                        const FlvFileOptions& options,
                                                        std::unique_ptr<FlvOutput> output, Log& log,
                                                        Progress& progress) {
  auto file = std::make_unique<FlvFile>(tracks, options, log, progress);
  WEIR_TRY(file->open(std::move(output)));
  return file;
}

}  // namespace weir::publish
