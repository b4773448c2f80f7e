#include "publish/flv_tally.h"

#include <algorithm>
#include <utility>

#include "flv/muxer.h"

namespace weir::publish {

FlvTally::FlvTally(std::vector<const media::Track*> tracks, std::string encoder, bool four_ccs)
    : encoder_(std::move(encoder)), four_ccs_(four_ccs) {
  for (const auto* track : tracks) {
    const auto same_kind = [&](const Count& count) { return count.track->kind == track->kind; };
    const auto id = static_cast<int>(std::ranges::count_if(counts_, same_kind));
    counts_.push_back({track, id});
  }
}

std::int64_t FlvTally::Count::rate() const {
  const std::int64_t length_ms = end_ms - start_ms;
  return length_ms > 0 ? bytes * 8 * 1000 / length_ms : 0;
}

double FlvTally::Count::frame_rate() const {
  const std::int64_t length_ms = end_ms - start_ms;
  return length_ms > 0 ? static_cast<double>(packets) * 1000 / static_cast<double>(length_ms) : 0;
}

const FlvTally::Count* FlvTally::main(bool video) const {
  for (const auto& count : counts_)
    if (count.id == 0 && count.track->video() == video) return &count;
  return nullptr;
}

bool FlvTally::is_main_video(const media::Packet& packet) const {
  const Count* video = main(true);
  return video != nullptr && video->track->index == packet.track();
}

void FlvTally::add_packet(const media::Packet& packet) {
  const auto found = std::ranges::find_if(
      counts_, [&](const Count& count) { return count.track->index == packet.track(); });
  if (found == counts_.end()) return;
  const media::Time after{packet.pts().ticks + packet.duration().ticks, packet.base()};
  const std::int64_t start = flv::to_ms(packet.pts());
  const std::int64_t end = flv::to_ms(after);
  found->start_ms = found->packets == 0 ? start : std::min(found->start_ms, start);
  found->end_ms = found->packets == 0 ? end : std::max(found->end_ms, end);
  ++found->packets;
  found->bytes += packet.raw()->size;
}

void FlvTally::begin_behind(const flv::FileScan& file) {
  for (auto& count : counts_) {
    const auto type = count.track->video() ? flv::TagType::kVideo : flv::TagType::kAudio;
    for (const auto& track : file.tracks()) {
      if (track.type != type || track.id != count.id || track.frames == 0) continue;
      count.packets = track.frames;
      count.bytes = track.bytes;
      count.start_ms = origin_ms_ + track.first_ms;
      count.end_ms = origin_ms_ + track.end_ms();
    }
  }
  for (const auto& frame : file.key_frames())
    key_frames_.push_back({frame.timestamp_ms, frame.position - file.media_start()});
  last_timestamp_ms_ = file.last_timestamp_ms();
  written_bytes_ = file.whole_size() - file.media_start();
}

void FlvTally::add_tag(const flv::Tag& tag) {
  written_bytes_ += static_cast<std::int64_t>(tag.body.size() + flv::kTagOverhead);
  last_timestamp_ms_ = std::max(last_timestamp_ms_, tag.timestamp_ms);
}

void FlvTally::add_key_frame(std::int64_t timestamp_ms) {
  key_frames_.push_back({timestamp_ms, written_bytes_});
}

std::int64_t FlvTally::end_ms() const {
  std::int64_t end = origin_ms_;
  for (const auto& count : counts_)
    if (count.packets > 0) end = std::max(end, count.end_ms);
  return end;
}

ProgressReport FlvTally::progress() const {
  ProgressReport report;
  report.media_us = (end_ms() - origin_ms_) * 1000;
  const Count* video = main(true);
  report.frames = video != nullptr ? video->packets : 0;
  report.bytes_out = written_bytes_;
  return report;
}

flv::Metadata FlvTally::describe(bool learnt) const {
  flv::Metadata metadata;
  metadata.encoder = encoder_;
  metadata.four_ccs = four_ccs_;
  for (const auto& count : counts_) {
    const auto& track = *count.track;
    double frame_rate = 0;
    if (track.video() && track.frame_rate.num > 0) frame_rate = av_q2d(track.frame_rate);
    if (track.video() && learnt && frame_rate <= 0) frame_rate = count.frame_rate();
    const std::int64_t rate = learnt ? count.rate() : track.bitrate;
    if (count.id > 0) {
      metadata.more.push_back({&track, count.id, frame_rate, rate});
    } else if (track.video()) {
      metadata.video = &track;
      metadata.frame_rate = frame_rate;
      metadata.video_rate = rate;
    } else {
      metadata.audio = &track;
      metadata.audio_rate = rate;
    }
  }
  return metadata;
}

flv::Metadata FlvTally::declared() const {
  return describe(false);
}

flv::Metadata FlvTally::learnt() const {
  flv::Metadata metadata = describe(true);
  flv::FileFacts file;
  file.duration_s = static_cast<double>(end_ms() - origin_ms_) / 1000;
  file.last_timestamp_ms = last_timestamp_ms_;
  file.key_frames = key_frames_;
  metadata.file = std::move(file);
  return metadata;
}

}  // namespace weir::publish
