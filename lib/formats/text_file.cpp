#include "formats/text_file.h"

#include <algorithm>
#include <memory>

#include "formats/ass_cue.h"
#include "formats/demuxer.h"

namespace weir::formats {
namespace {

constexpr std::size_t kChunk = 1 << 16;

struct Subtitle : AVSubtitle {
  Subtitle() : AVSubtitle{} {}
  ~Subtitle() { avsubtitle_free(this); }
  Subtitle(const Subtitle&) = delete;
  Subtitle& operator=(const Subtitle&) = delete;
};

int asked_to_stop(void* stop) {
  return stop != nullptr && static_cast<const StopSource*>(stop)->requested() ? 1 : 0;
}

bool is_text(const AVStream& stream) {
  const auto* codec = avcodec_descriptor_get(stream.codecpar->codec_id);
  return codec != nullptr && (codec->props & AV_CODEC_PROP_TEXT_SUB) != 0;
}

std::string_view language_of(const AVStream& stream) {
  const auto* language = av_dict_get(stream.metadata, "language", nullptr, 0);
  return language == nullptr ? std::string_view() : language->value;
}

class TextReader {
 public:
  TextReader(std::unique_ptr<Demuxer> demuxer, const AVStream& stream)
      : demuxer_(std::move(demuxer)), stream_(stream) {}

  Result<std::vector<media::Cue>> read() {
    const bool ready = stream_.codecpar->codec_id == AV_CODEC_ID_WEBVTT;
    if (!ready) WEIR_TRY(open_decoder());
    while (true) {
      WEIR_TRY_ASSIGN(auto packet, demuxer_->read());
      if (!packet) break;
      if (packet->track() != stream_.index || packet->pts().ticks == media::kNoTime) continue;
      if (ready)
        keep(media::cue_of(*packet));
      else
        WEIR_TRY(decode(*packet));
    }
    std::stable_sort(cues_.begin(), cues_.end(),
                     [](const auto& a, const auto& b) { return a.start_ms < b.start_ms; });
    return std::move(cues_);
  }

 private:
  Result<void> open_decoder() {
    const AVCodec* codec = avcodec_find_decoder(stream_.codecpar->codec_id);
    decoder_.reset(avcodec_alloc_context3(codec));
    if (codec == nullptr || decoder_ == nullptr ||
        avcodec_parameters_to_context(decoder_.get(), stream_.codecpar) < 0)
      return fail(Code::kUnsupported, "cannot read {}: no decoder for its text", demuxer_->name());
    decoder_->pkt_timebase = stream_.time_base;
    const int error = avcodec_open2(decoder_.get(), codec, nullptr);
    return error < 0 ? fail(demuxer_->error(error, "read")) : Result<void>();
  }

  Result<void> decode(media::Packet& packet) {
    Subtitle subtitle;
    int got = 0;
    const int error = avcodec_decode_subtitle2(decoder_.get(), &subtitle, &got, packet.raw());
    if (error < 0)
      return fail(Code::kBadInput, "cannot read {}: the text at {:.3f} s is damaged, or not UTF-8",
                  demuxer_->name(), packet.pts().seconds());
    const std::int64_t at = packet.pts().in(media::kCueBase);
    for (unsigned i = 0; got != 0 && i < subtitle.num_rects; ++i) {
      if (subtitle.rects[i]->ass == nullptr) continue;
      media::Cue cue = cue_from_ass(subtitle.rects[i]->ass);
      cue.start_ms = at + subtitle.start_display_time;
      cue.end_ms = at + subtitle.end_display_time;
      keep(std::move(cue));
    }
    return {};
  }

  void keep(media::Cue cue) {
    cue.start_ms = std::max<std::int64_t>(cue.start_ms, 0);
    if (cue.end_ms > cue.start_ms && !cue.text.empty()) cues_.push_back(std::move(cue));
  }

  const std::unique_ptr<Demuxer> demuxer_;
  const AVStream& stream_;
  media::CodecPtr decoder_;
  std::vector<media::Cue> cues_;
};

}  // namespace

Result<Bytes> read_bytes(const std::string& url, std::size_t most, const StopSource* stop) {
  const AVIOInterruptCB interrupt{&asked_to_stop, const_cast<StopSource*>(stop)};
  AVIOContext* raw = nullptr;
  int status = avio_open2(&raw, url.c_str(), AVIO_FLAG_READ, &interrupt, nullptr);
  if (status == AVERROR(ENOENT)) return fail(Code::kIo, "cannot open '{}': no such file", url);
  if (status < 0) return fail(Code::kIo, "cannot open '{}': {}", url, media::av_error_text(status));
  const UrlIoPtr io(raw);
  Bytes bytes;
  while (bytes.size() < most) {
    const std::size_t filled = bytes.size(), wanted = std::min(kChunk, most - filled);
    bytes.resize(filled + wanted);
    status = avio_read_partial(io.get(), bytes.data() + filled, static_cast<int>(wanted));
    bytes.resize(filled + static_cast<std::size_t>(std::max(status, 0)));
    if (status == 0 || status == AVERROR_EOF) break;
    if (status < 0)
      return fail(Code::kIo, "cannot read '{}': {}", url, media::av_error_text(status));
  }
  return bytes;
}

Result<std::vector<media::Cue>> read_text_file(
    const std::string& url, const std::function<bool(std::string_view language)>& wanted,
    const StopSource* stop) {
  WEIR_TRY_ASSIGN(auto demuxer, Demuxer::open(url, stop));
  AVFormatContext& context = *demuxer->context();
  AVStream* chosen = nullptr;
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    AVStream* stream = context.streams[i];
    stream->discard = AVDISCARD_ALL;
    if (!is_text(*stream)) continue;
    const bool better =
        chosen == nullptr || (wanted(language_of(*stream)) && !wanted(language_of(*chosen)));
    if (better) chosen = stream;
  }
  if (chosen == nullptr) return fail(Code::kBadInput, "no text in '{}'", url);
  chosen->discard = AVDISCARD_DEFAULT;
  return TextReader(std::move(demuxer), *chosen).read();
}

}  // namespace weir::formats
