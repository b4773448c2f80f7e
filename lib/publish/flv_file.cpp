#include "publish/flv_file.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "flv/muxer.h"
#include "publish/flv_output.h"

namespace weir::publish {
namespace {

using flow::Flow;
using media::Item;
using media::Packet;
using media::Track;

constexpr std::int64_t kMaxHoldMs = 1000;
constexpr std::size_t kMaxHeld = 256;

std::string rendition_names(const media::Tracks& tracks) {
  std::string names;
  for (const auto& track : tracks)
    if (track.video() && !track.rendition.empty())
      names += (names.empty() ? "" : ", ") + track.rendition;
  return names;
}

Result<const Track*> choose_video(const media::Tracks& tracks, const std::string& rendition,
                                  Log& log) {
  const auto is_video = [](const Track& track) { return track.video(); };
  if (rendition.empty()) {
    const Track* best = media::main_video(tracks);
    if (std::count_if(tracks.begin(), tracks.end(), is_video) > 1)
      log.info("no rendition named: writing {} ({}x{}) of {}",
               best->rendition.empty() ? "the largest picture" : best->rendition, best->par->width,
               best->par->height, rendition_names(tracks));
    return best;
  }
  for (const auto& track : tracks)
    if (track.video() && track.rendition == rendition) return &track;
  const std::string names = rendition_names(tracks);
  if (names.empty())
    return fail(Code::kUsage, "there is no rendition '{}': the input names none", rendition);
  return fail(Code::kUsage, "there is no rendition '{}': the input has {}", rendition, names);
}

std::optional<Track> copy_of(const Track* track) {
  return track != nullptr ? std::optional(*track) : std::nullopt;
}

/// What is counted of one track while it is written.
struct Count {
  std::int64_t packets = 0;
  std::int64_t bytes = 0;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;

  void add(const Packet& packet, std::int64_t start, std::int64_t end) {
    start_ms = packets == 0 ? start : std::min(start_ms, start);
    end_ms = packets == 0 ? end : std::max(end_ms, end);
    ++packets;
    bytes += packet.raw()->size;
  }
  std::int64_t rate() const {
    const std::int64_t length_ms = end_ms - start_ms;
    return length_ms > 0 ? bytes * 8 * 1000 / length_ms : 0;
  }
};

class FlvFile : public flow::Sink<Item> {
 public:
  FlvFile(FlvTracks tracks, FlvFileOptions options, Log& log, Progress& progress)
      : video_(copy_of(tracks.video)),
        audio_(copy_of(tracks.audio)),
        options_(std::move(options)),
        log_(log),
        progress_(progress) {}

  Result<void> open() {
    std::vector<const Track*> tracks;
    for (const auto* track : {pointer(video_), pointer(audio_)})
      if (track != nullptr) tracks.push_back(track);
    WEIR_TRY_ASSIGN(muxer_, flv::Muxer::open(tracks, {options_.nanoseconds}));
    WEIR_TRY_ASSIGN(output_, open_flv_output(options_.path));
    return {};
  }

  Result<Flow> push(Item item) override {
    if (const auto* event = std::get_if<media::Event>(&item)) read_event(*event);
    auto* packet = std::get_if<Packet>(&item);
    if (packet == nullptr || !wanted(*packet)) return done_ ? Flow::kDone : Flow::kMore;
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
  static const Track* pointer(const std::optional<Track>& track) {
    return track ? &*track : nullptr;
  }
  bool is_video(const Packet& packet) const { return video_ && packet.track() == video_->index; }
  bool wanted(const Packet& packet) const {
    return is_video(packet) || (audio_ && packet.track() == audio_->index);
  }

  void read_event(const media::Event& event);
  Result<Flow> take(Packet packet);
  Result<void> complete();
  bool held_enough() const;
  Result<Flow> release();
  Result<Flow> write_packet(const Packet& packet);
  Result<Flow> write(const flv::Tag& tag);
  void count(const Packet& packet);
  flv::Metadata declared() const;
  flv::Metadata learnt() const;

  const std::optional<Track> video_;
  const std::optional<Track> audio_;
  const FlvFileOptions options_;
  Log& log_;
  Progress& progress_;
  std::optional<flv::Muxer> muxer_;
  std::unique_ptr<FlvOutput> output_;
  std::vector<Packet> held_;
  bool started_ = false;
  bool dropped_ = false;  // the picture, by the ladder
  bool failed_ = false;
  bool done_ = false;
  std::int64_t origin_ms_ = 0;
  std::int64_t written_bytes_ = 0;  // of tags, from the first one on
  std::int64_t last_timestamp_ms_ = 0;
  Count video_count_;
  Count audio_count_;
  std::vector<flv::KeyFrame> key_frames_;
};

void FlvFile::read_event(const media::Event& event) {
  const auto change = media::rendition_change(event);
  if (!change || !video_ || change->track != video_->index) return;
  if (std::exchange(dropped_, change->dropped) == change->dropped) return;
  const std::string name =
      video_->rendition.empty() ? "the picture" : fmt::format("rendition '{}'", video_->rendition);
  const double at = event.at.seconds();
  if (dropped_)
    log_.warning("{} is dropped at {:.3f} s: sound alone until it is back", name, at);
  else
    log_.info("{} is back at {:.3f} s", name, at);
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
  return output_->commit(learnt());
}

bool FlvFile::held_enough() const {
  const auto video = [&](const Packet& packet) { return is_video(packet); };
  const auto pictures = std::count_if(held_.begin(), held_.end(), video);
  const auto sounds = static_cast<std::ptrdiff_t>(held_.size()) - pictures;
  if ((pictures > 0 || !video_) && (sounds > 0 || !audio_)) return true;
  const auto [first, last] = std::minmax_element(
      held_.begin(), held_.end(), [](const auto& a, const auto& b) { return a.dts() < b.dts(); });
  const std::int64_t span_ms = flv::to_ms(last->dts()) - flv::to_ms(first->dts());
  return span_ms >= kMaxHoldMs || held_.size() >= kMaxHeld;
}

Result<Flow> FlvFile::release() {
  started_ = true;
  std::stable_sort(held_.begin(), held_.end(),
                   [](const auto& a, const auto& b) { return a.dts() < b.dts(); });
  origin_ms_ = flv::to_ms(held_.front().dts());
  const bool later = media::Time{origin_ms_, {1, 1000}} > held_.front().dts();
  if (options_.nanoseconds && later) --origin_ms_;  // what is exact may not be cut at 0
  muxer_->set_origin(origin_ms_);
  WEIR_TRY_ASSIGN(const auto headers, muxer_->headers());
  WEIR_TRY_ASSIGN(Flow flow, output_->begin(declared()));
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
  if (is_video(packet) && packet.key() && !tags.empty())
    key_frames_.push_back({tags.front().timestamp_ms, written_bytes_});
  if (!tags.empty()) count(packet);
  for (const auto& tag : tags) WEIR_TRY(write(tag));
  return done_ ? Flow::kDone : Flow::kMore;
}

Result<Flow> FlvFile::write(const flv::Tag& tag) {
  if (done_) return Flow::kDone;
  WEIR_TRY_ASSIGN(const Flow flow, output_->write(tag));
  done_ = flow == Flow::kDone;
  written_bytes_ += static_cast<std::int64_t>(tag.body.size() + flv::kTagOverhead);
  last_timestamp_ms_ = std::max(last_timestamp_ms_, tag.timestamp_ms);
  return flow;
}

void FlvFile::count(const Packet& packet) {
  const media::Time end{packet.pts().ticks + packet.duration().ticks, packet.base()};
  auto& counted = is_video(packet) ? video_count_ : audio_count_;
  counted.add(packet, flv::to_ms(packet.pts()), flv::to_ms(end));
  ProgressReport report;
  report.media_us = (std::max(video_count_.end_ms, audio_count_.end_ms) - origin_ms_) * 1000;
  report.frames = video_count_.packets;
  report.bytes_out = written_bytes_;
  progress_.update(report);
}

flv::Metadata FlvFile::declared() const {
  flv::Metadata metadata;
  metadata.video = pointer(video_);
  metadata.audio = pointer(audio_);
  metadata.encoder = options_.encoder;
  metadata.four_ccs = options_.nanoseconds;
  if (video_ && video_->frame_rate.num > 0) metadata.frame_rate = av_q2d(video_->frame_rate);
  if (video_) metadata.video_rate = video_->bitrate;
  if (audio_) metadata.audio_rate = audio_->bitrate;
  return metadata;
}

flv::Metadata FlvFile::learnt() const {
  flv::Metadata metadata = declared();
  metadata.video_rate = video_count_.rate();
  metadata.audio_rate = audio_count_.rate();
  const std::int64_t pictures_ms = video_count_.end_ms - video_count_.start_ms;
  if (metadata.frame_rate <= 0 && pictures_ms > 0)
    metadata.frame_rate =
        static_cast<double>(video_count_.packets) * 1000 / static_cast<double>(pictures_ms);
  flv::FileFacts file;
  const std::int64_t end_ms = std::max(video_count_.packets > 0 ? video_count_.end_ms : origin_ms_,
                                       audio_count_.packets > 0 ? audio_count_.end_ms : origin_ms_);
  file.duration_s = static_cast<double>(end_ms - origin_ms_) / 1000;
  file.last_timestamp_ms = last_timestamp_ms_;
  file.key_frames = key_frames_;
  metadata.file = std::move(file);
  return metadata;
}

}  // namespace

Result<FlvTracks> choose_flv_tracks(const media::Tracks& tracks, const std::string& rendition,
                                    Log& log) {
  FlvTracks chosen;
  WEIR_TRY_ASSIGN(chosen.video, choose_video(tracks, rendition, log));
  for (const auto& track : tracks)
    if (track.audio() && chosen.audio == nullptr) chosen.audio = &track;
  if (chosen.video == nullptr && chosen.audio == nullptr)
    return fail(Code::kBadInput, "the input has neither pictures nor sound");
  return chosen;
}

Result<std::unique_ptr<flow::Sink<Item>>> open_flv_file(const media::Tracks& tracks,
                                                        const FlvFileOptions& options, Log& log,
                                                        Progress& progress) {
  WEIR_TRY_ASSIGN(const FlvTracks chosen, choose_flv_tracks(tracks, options.rendition, log));
  auto file = std::make_unique<FlvFile>(chosen, options, log, progress);
  WEIR_TRY(file->open());
  return file;
}

}  // namespace weir::publish
