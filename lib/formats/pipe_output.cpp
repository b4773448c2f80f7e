#include <algorithm>
#include <map>

#include "formats/muxer.h"
#include "formats/output.h"
#include "formats/pipe_input.h"

namespace weir::formats {
namespace {

constexpr AVRational kEventBase{1, 90'000};

class PipeOutput : public Output {
 public:
  static Result<std::unique_ptr<Output>> open(OutputFile file, const media::Tracks& tracks);

  Result<flow::Flow> push(media::Item item) override {
    if (gone_) return flow::Flow::kDone;
    auto flow = std::holds_alternative<media::Packet>(item)
                    ? write(std::move(std::get<media::Packet>(item)))
                    : write(std::get<media::Event>(std::move(item)));
    gone_ = flow && *flow == flow::Flow::kDone;
    failed_ = !flow;
    return flow;
  }

  Result<void> finish() override {
    if (failed_) {
      muxer_->discard();
      return {};
    }
    return muxer_->finish();
  }

 private:
  explicit PipeOutput(std::unique_ptr<Muxer> muxer) : muxer_(std::move(muxer)) {}

  Result<flow::Flow> write(media::Packet packet) {
    const auto found = streams_.find(packet.track());
    if (found == streams_.end()) return flow::Flow::kMore;
    return muxer_->write(std::move(packet), found->second, true);
  }

  Result<flow::Flow> write(media::Event event) {
    const auto track = streams_.find(static_cast<int>(event.number("track").value_or(-1)));
    if (track != streams_.end()) event.body["track"] = track->second;
    media::Packet packet = media::Packet::of(as_bytes(media::to_json(event)));
    auto& raw = *packet.raw();
    last_event_ = std::max({std::int64_t{0}, last_event_, event.at.in(kEventBase)});
    raw.pts = raw.dts = last_event_;
    raw.time_base = kEventBase;
    raw.flags |= AV_PKT_FLAG_KEY;
    return muxer_->write(std::move(packet), event_stream_, true);
  }

  std::unique_ptr<Muxer> muxer_;
  std::map<int, int> streams_;  // by track index
  int event_stream_ = 0;
  std::int64_t last_event_ = 0;
  bool gone_ = false;
  bool failed_ = false;
};

Result<std::unique_ptr<Output>> PipeOutput::open(OutputFile file, const media::Tracks& tracks) {
  WEIR_TRY_ASSIGN(auto muxer, Muxer::open("nut", std::move(file)));
  std::unique_ptr<PipeOutput> self(new PipeOutput(std::move(muxer)));
  for (const auto& track : tracks) {
    WEIR_TRY_ASSIGN(AVStream * stream, self->muxer_->add(track));
    const AVCodecTag* const* tags = self->muxer_->context()->oformat->codec_tag;
    if (av_codec_get_tag(tags, track.codec()) == 0)
      return fail(Code::kUnsupported, "a pipe stream cannot carry {}", track.codec_name());
    self->streams_[track.index] = stream->index;
  }
  AVStream* events = avformat_new_stream(self->muxer_->context(), nullptr);
  if (events == nullptr) return fail(Code::kInternal, "out of memory");
  events->codecpar->codec_type = AVMEDIA_TYPE_DATA;
  events->codecpar->codec_tag = kEventTag;
  events->time_base = kEventBase;
  self->event_stream_ = events->index;
  // Without sync points neither side keeps a table that grows, and side data (priming) survives.
  WEIR_TRY(self->muxer_->write_header({{"syncpoints", "none"}, {"strict", "experimental"}}));
  for (const auto& track : tracks) {
    media::Event event = media::track_event(track, {0, kEventBase});
    event.body["codec"] = track.codec_name();
    WEIR_TRY(self->push(std::move(event)));
  }
  return std::unique_ptr<Output>(std::move(self));
}

}  // namespace

Result<std::unique_ptr<Output>> open_pipe_output(const std::string& path,
                                                 const media::Tracks& tracks) {
  WEIR_TRY_ASSIGN(auto file, OutputFile::open(path, true));
  return PipeOutput::open(std::move(file), tracks);
}

Result<std::unique_ptr<Output>> open_pipe_output(int fd, const std::string& name,
                                                 const media::Tracks& tracks) {
  return PipeOutput::open(OutputFile::adopt(fd, name), tracks);
}

}  // namespace weir::formats
