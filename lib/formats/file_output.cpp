#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include "formats/muxer.h"
#include "formats/output.h"

namespace weir::formats {
namespace {

// Packets into one file; events are for pipes only.
class FileOutput : public Output {
 public:
  FileOutput(std::unique_ptr<Muxer> muxer, media::Tracks tracks, bool from_zero)
      : muxer_(std::move(muxer)), tracks_(std::move(tracks)), from_zero_(from_zero) {}

  Result<flow::Flow> push(media::Item item) override {
    if (const auto* event = std::get_if<media::Event>(&item)) {
      WEIR_TRY(media::refuse_change(*event, tracks_));  // what came before is finished
    }
    auto* packet = std::get_if<media::Packet>(&item);
    if (packet == nullptr || media::find_track(tracks_, packet->track()) == nullptr)
      return flow::Flow::kMore;
    held_.push_back(std::move(*packet));
    if (from_zero_ && !origin_ && !find_origin()) return flow::Flow::kMore;
    auto flow = write_held();
    failed_ = !flow;
    return flow;
  }

  Result<void> finish() override {
    Result<void> outcome;
    if (!failed_) {
      if (!origin_ && !held_.empty()) origin_ = held_.front().pts();
      auto flow = write_held();
      failed_ = !flow;
      if (!flow) outcome = fail(std::move(flow).error());
    }
    if (failed_ || !written_) {
      muxer_->discard();
      return outcome;
    }
    return muxer_->finish();
  }

 private:
  // A file starts at 0 with its first picture; sound before it (priming) becomes an edit.
  bool find_origin() {
    const auto& packet = held_.back();
    const auto* track = media::find_track(tracks_, packet.track());
    if (!track->video() && media::main_video(tracks_) != nullptr && held_.size() < kMostHeld)
      return false;
    origin_ = packet.pts();
    if (track->audio()) origin_->ticks += track->par->initial_padding;
    return true;
  }

  Result<flow::Flow> write_held() {
    for (auto& packet : held_) {
      if (from_zero_) {
        const auto by = origin_->in(packet.base());
        packet.raw()->pts -= by;
        packet.raw()->dts -= by;
      }
      int stream = 0;
      while (tracks_[static_cast<std::size_t>(stream)].index != packet.track()) ++stream;
      WEIR_TRY_ASSIGN(const auto flow, muxer_->write(std::move(packet), stream, !from_zero_));
      if (flow == flow::Flow::kDone) return flow;
      written_ = true;
    }
    held_.clear();
    return flow::Flow::kMore;
  }

  static constexpr std::size_t kMostHeld = 1000;

  std::unique_ptr<Muxer> muxer_;
  media::Tracks tracks_;
  bool from_zero_;
  std::optional<media::Time> origin_;
  std::vector<media::Packet> held_;
  bool written_ = false;
  bool failed_ = false;
};

// What MPEG-TS has a stream type for; its muxer would hide anything else in private data.
constexpr std::array kTsCodecs{AV_CODEC_ID_H264,       AV_CODEC_ID_HEVC,  AV_CODEC_ID_MPEG1VIDEO,
                               AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4, AV_CODEC_ID_AAC,
                               AV_CODEC_ID_MP2,        AV_CODEC_ID_MP3,   AV_CODEC_ID_AC3,
                               AV_CODEC_ID_EAC3,       AV_CODEC_ID_OPUS,  AV_CODEC_ID_DTS};

bool carries(const AVOutputFormat& format, AVCodecID codec) {
  if (std::string_view(format.name) == "mpegts")
    return std::find(kTsCodecs.begin(), kTsCodecs.end(), codec) != kTsCodecs.end();
  return avformat_query_codec(&format, codec, FF_COMPLIANCE_NORMAL) != 0;
}

// Before the file is opened: a refusal must not empty what has that name.
Result<void> check_codecs(const char* format, const std::string& path,
                          const media::Tracks& tracks) {
  const AVOutputFormat* const container = av_guess_format(format, nullptr, nullptr);
  if (container == nullptr) return fail(Code::kInternal, "libavformat has no muxer '{}'", format);
  for (const auto& track : tracks)
    if (!carries(*container, track.codec()))
      return fail(Code::kUnsupported, "'{}' cannot carry {}: choose a name ending in .mkv or .nut",
                  path, track.codec_name());
  return {};
}

Result<std::unique_ptr<Output>> open_file(const char* format, const std::string& path, bool whole,
                                          const media::Tracks& tracks,
                                          const MuxerOptions& options) {
  WEIR_TRY(check_codecs(format, path, tracks));
  WEIR_TRY_ASSIGN(auto file, OutputFile::open(path, whole));
  WEIR_TRY_ASSIGN(auto muxer, Muxer::open(format, std::move(file)));
  for (const auto& track : tracks) {
    WEIR_TRY_ASSIGN(AVStream * stream, muxer->add(track));
    if (track.codec() == AV_CODEC_ID_HEVC && std::string_view(format) == "mp4")
      stream->codecpar->codec_tag = MKTAG('h', 'v', 'c', '1');
  }
  WEIR_TRY(muxer->write_header(options));
  return std::unique_ptr<Output>(std::make_unique<FileOutput>(std::move(muxer), tracks, whole));
}

}  // namespace

Result<std::unique_ptr<Output>> open_mp4_output(const std::string& path,
                                                const media::Tracks& tracks) {
  return open_file("mp4", path, true, tracks,
                   {{"movflags", "faststart"}, {"movie_timescale", "90000"}});
}

Result<std::unique_ptr<Output>> open_recording(const std::string& path,
                                               const media::Tracks& tracks) {
  if (path.ends_with(".ts")) return open_file("mpegts", path, false, tracks, {});
  if (path.ends_with(".mkv")) return open_file("matroska", path, false, tracks, {});
  if (path.ends_with(".nut")) return open_pipe_output(path, tracks);
  return open_file(
      "mp4", path, false, tracks,
      {{"movflags", "frag_keyframe+empty_moov+default_base_moof"}, {"frag_duration", "1000000"}});
}

}  // namespace weir::formats
