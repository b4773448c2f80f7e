#include "probe/describe.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "media/end_mark.h"
#include "media/h26x.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

// A pipe stream with more kinds of events than anybody defined is counted under one name.
constexpr std::size_t kMaxKinds = 32;

bool is_idr(const media::Track& track, const media::Packet& packet) {
  const AVCodecID codec = track.codec();
  if (codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC) return packet.key();
  return packet.key() && media::has_idr(codec, packet.bytes());
}

// A gap in the sound makes what follows late by as much, one in the picture early.
std::vector<std::pair<std::int64_t, std::int64_t>> changes(std::int64_t offset,
                                                           const TrackStats& sound,
                                                           const TrackStats& picture) {
  std::vector<std::pair<std::int64_t, std::int64_t>> steps;
  for (const auto& found : sound.breaks) steps.emplace_back(found.at_us, found.length_us);
  for (const auto& found : picture.breaks) steps.emplace_back(found.at_us, -found.length_us);
  std::ranges::sort(steps);
  for (auto& [at, step] : steps) step = offset += step;
  return steps;
}

std::vector<Offset> offsets(const std::vector<TrackReport>& reports) {
  media::Tracks tracks;
  for (const auto& report : reports)
    if (report.stats.packets > 0) tracks.push_back(report.track);
  const media::Track* video = media::main_video(tracks);
  if (video == nullptr) return {};
  const auto picture = std::find_if(reports.begin(), reports.end(), [&](const TrackReport& r) {
    return r.track.index == video->index;
  });
  std::vector<Offset> out;
  for (const auto& [track, stats, edits] : reports) {
    if (!track.audio() || stats.packets == 0) continue;
    const std::int64_t start = stats.start_us + priming_us(track, stats) - picture->stats.start_us;
    out.push_back({track.index, start, stats.end_us - picture->stats.end_us,
                   changes(start, stats, picture->stats)});
  }
  return out;
}

void add_edits(const std::string& path, Report& report) {
  if (report.container.find("mp4") == std::string::npos) return;
  auto lists = edit_lists_of(path);
  if (lists.size() != report.tracks.size()) return;  // some are not media to us
  for (std::size_t i = 0; i < lists.size(); ++i) report.tracks[i].edits = std::move(lists[i].edits);
}

}  // namespace

std::optional<std::int64_t> file_size(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  const auto size = std::filesystem::file_size(path, error);
  return error ? std::nullopt : std::optional(static_cast<std::int64_t>(size));
}

std::int64_t EventReport::cuts() const {
  const auto found = kinds.find(std::string(media::event::kSegment));
  return found == kinds.end() ? 0 : found->second;
}

std::int64_t Report::start_us() const {
  std::optional<std::int64_t> start;
  for (const auto& [track, stats, edits] : tracks)
    if (stats.packets > 0) start = std::min(start.value_or(stats.start_us), stats.start_us);
  return start.value_or(0);
}

std::int64_t Report::end_us() const {
  std::optional<std::int64_t> end;
  for (const auto& [track, stats, edits] : tracks)
    if (stats.packets > 0) end = std::max(end.value_or(stats.end_us), stats.end_us);
  return end.value_or(0);
}

std::int64_t Report::bitrate() const {
  std::int64_t bytes = 0;
  for (const auto& [track, stats, edits] : tracks) bytes += stats.bytes;
  if (duration_us() <= 0) return 0;
  const auto total = static_cast<double>(size_bytes.value_or(bytes));
  return std::llround(total * 8e6 / static_cast<double>(duration_us()));
}

Describer::Describer(const media::Tracks& tracks) : tracks_(tracks) {
  for (const auto& track : tracks_)
    meters_.emplace_back(track.kind, track.frame_rate, track.max_bitrate);
  seen_.resize(tracks_.size());
}

void Describer::add(const media::Item& item) {
  if (const auto* packet = std::get_if<media::Packet>(&item))
    add_packet(*packet);
  else
    add_event(std::get<media::Event>(item));
}

void Describer::add_packet(const media::Packet& packet) {
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (tracks_[i].index != packet.track()) continue;
    find_hdr(i, packet);
    meters_[i].add(packet, is_idr(tracks_[i], packet));
    if (tracks_[i].video()) ++pictures_;
  }
  position_us_ = std::max(position_us_, packet.dts().micros());
}

// What the bitstream says stands in for what the container does not.
void Describer::find_hdr(std::size_t index, const media::Packet& packet) {
  media::Hdr& known = tracks_[index].hdr;
  if (!tracks_[index].video() || !packet.key() || seen_[index]) return;
  seen_[index] = true;
  const media::Hdr found = media::find_hdr(tracks_[index].codec(), packet.bytes());
  if (!known.mastering) known.mastering = found.mastering;
  if (!known.light) known.light = found.light;
}

void Describer::add_event(const media::Event& event) {
  std::string kind(event.kind());
  if (events_.kinds.size() >= kMaxKinds && !events_.kinds.contains(kind)) kind = "other";
  ++events_.kinds[kind];
  if (kind == media::event::kEnd) events_.end_mark = true;
  if (kind == media::event::kTrack) media::apply_track_event(event, tracks_);
  if (kind != media::event::kSegment) return;
  const std::int64_t at = event.at.micros();
  if (!events_.first_cut_us) events_.first_cut_us = at;
  events_.last_cut_us = at;
}

Report Describer::finish() {
  Report report;
  for (std::size_t i = 0; i < tracks_.size(); ++i)
    report.tracks.push_back({tracks_[i], meters_[i].finish(), {}});
  report.offsets = offsets(report.tracks);
  report.events = std::move(events_);
  return report;
}

Report describe(formats::Input& input, const std::string& path, Progress& progress,
                const Watch& also) {
  Describer describer(input.tracks());
  std::optional<Error> damage;
  bool stopped = false;
  while (true) {
    auto item = input.next();
    if (!item) {
      stopped = item.error().code == Code::kStopped;
      if (!stopped) damage = std::move(item).error();
      break;
    }
    if (!*item) break;
    describer.add(**item);
    if (also) also(**item);
    progress.update({describer.position_us(), input.duration().value_or(Micros(0)).count(),
                     describer.pictures(), 0, 0});
  }
  Report report = describer.finish();
  report.name = path == "-" ? "standard input" : path;
  report.container = input.container();
  report.size_bytes = file_size(path);
  add_edits(path, report);
  report.events.present = input.has_events();
  if (report.events.present && !report.events.end_mark && !stopped && !damage)
    damage = media::ended_early();
  report.damage = std::move(damage);
  return report;
}

}  // namespace weir::probe
