#include "flv/metadata.h"

#include <algorithm>

#include "flv/amf0.h"
#include "flv/body.h"

namespace weir::flv {
namespace {

double kilobits(std::int64_t bits_per_second) {
  return static_cast<double>(bits_per_second) / 1000;
}

double seconds(std::int64_t ms) {
  return static_cast<double>(ms) / 1000;
}

double id(const media::Track& track, bool four_ccs) {
  const auto codec = four_ccs ? enhanced_codec_id(track) : codec_id(track);
  return static_cast<double>(codec.value_or(0));
}

void write_video(const Metadata& metadata, AmfWriter& out) {
  if (metadata.video == nullptr) return;
  out.name("width").number(metadata.video->par->width);
  out.name("height").number(metadata.video->par->height);
  if (metadata.frame_rate > 0) out.name("framerate").number(metadata.frame_rate);
  if (metadata.video_rate > 0) out.name("videodatarate").number(kilobits(metadata.video_rate));
  out.name("videocodecid").number(id(*metadata.video, metadata.four_ccs));
}

void write_audio(const Metadata& metadata, AmfWriter& out) {
  if (metadata.audio == nullptr) return;
  const auto& par = *metadata.audio->par;
  if (metadata.audio_rate > 0) out.name("audiodatarate").number(kilobits(metadata.audio_rate));
  out.name("audiosamplerate").number(par.sample_rate);
  out.name("audiosamplesize").number(16);
  out.name("stereo").boolean(par.ch_layout.nb_channels >= 2);
  out.name("audiocodecid").number(id(*metadata.audio, metadata.four_ccs));
}

void write_name(const char* name, const std::string& text, AmfWriter& out) {
  if (!text.empty()) out.name(name).text(text);
}

void write_further_video(const FurtherTrack& further, AmfWriter& out) {
  const auto& par = *further.track->par;
  out.name("width").number(par.width);
  out.name("height").number(par.height);
  if (further.frame_rate > 0) out.name("framerate").number(further.frame_rate);
  if (further.rate > 0) out.name("videodatarate").number(kilobits(further.rate));
  out.name("videocodecid").number(id(*further.track, true));
  write_name("rendition", further.track->rendition, out);
}

void write_further_audio(const FurtherTrack& further, AmfWriter& out) {
  const auto& par = *further.track->par;
  if (further.rate > 0) out.name("audiodatarate").number(kilobits(further.rate));
  out.name("channels").number(par.ch_layout.nb_channels);
  out.name("samplerate").number(par.sample_rate);
  out.name("audiocodecid").number(id(*further.track, true));
  write_name("language", further.track->language, out);
}

void write_map(const Metadata& metadata, bool video, AmfWriter& out) {
  const auto wanted = [&](const FurtherTrack& further) { return further.track->video() == video; };
  if (std::ranges::none_of(metadata.more, wanted)) return;
  out.name(video ? "videoTrackIdInfoMap" : "audioTrackIdInfoMap").object([&] {
    for (const auto& further : metadata.more) {
      if (!wanted(further)) continue;
      out.name(std::to_string(further.id)).object([&] {
        video ? write_further_video(further, out) : write_further_audio(further, out);
      });
    }
  });
}

void write_further(const Metadata& metadata, AmfWriter& out) {
  if (metadata.more.empty()) return;
  if (metadata.video != nullptr) write_name("rendition", metadata.video->rendition, out);
  if (metadata.audio != nullptr) write_name("language", metadata.audio->language, out);
  write_map(metadata, true, out);
  write_map(metadata, false, out);
}

void write_index(const FileFacts& file, AmfWriter& out) {
  std::vector<double> times;
  std::vector<double> positions;
  for (const auto& frame : file.key_frames) {
    times.push_back(seconds(frame.timestamp_ms));
    positions.push_back(static_cast<double>(frame.position));
  }
  if (!times.empty()) out.name("lastkeyframetimestamp").number(times.back());
  if (times.size() < 2) return;  // libavformat calls an index of one entry damaged
  out.name("keyframes").object([&] {
    out.name("times").numbers(times);
    out.name("filepositions").numbers(positions);
  });
}

void write_members(const Metadata& metadata, AmfWriter& out) {
  if (metadata.file) {
    out.name("duration").number(metadata.file->duration_s);
    out.name("filesize").number(static_cast<double>(metadata.file->file_size));
  }
  write_video(metadata, out);
  write_audio(metadata, out);
  out.name("hasVideo").boolean(metadata.video != nullptr);
  out.name("hasAudio").boolean(metadata.audio != nullptr);
  out.name("encoder").text(metadata.encoder);
  write_further(metadata, out);
  if (!metadata.file) return;
  out.name("lasttimestamp").number(seconds(metadata.file->last_timestamp_ms));
  if (metadata.video != nullptr) write_index(*metadata.file, out);
}

}  // namespace

Tag metadata_tag(const Metadata& metadata) {
  Tag tag;
  AmfWriter out(tag.body);
  out.text("onMetaData");
  out.ecma_array([&] { write_members(metadata, out); });
  return tag;
}

}  // namespace weir::flv
