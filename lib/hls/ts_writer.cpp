#include "hls/sample_aes.h"
#include "hls/segment_writer.h"
#include "hls/sound_frames.h"
#include "hls/ts_tables.h"
#include "media/av_ptr.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace weir::hls {
namespace {

constexpr int kBuffer = 1 << 16;

// libavformat 61 made the bytes of the write callback const.
#if LIBAVFORMAT_VERSION_MAJOR >= 61
using CallbackBytes = const std::uint8_t*;
#else
using CallbackBytes = std::uint8_t*;
#endif

int append(void* to, CallbackBytes bytes, int size) {
  auto& out = *static_cast<Bytes*>(to);
  out.insert(out.end(), bytes, bytes + size);
  return size;
}

/// An AVIOContext that appends to `out`, which is borrowed.
class MemoryIo {
 public:
  explicit MemoryIo(Bytes& out)
      : io_(avio_alloc_context(static_cast<unsigned char*>(av_malloc(kBuffer)), kBuffer, 1, &out,
                               nullptr, append, nullptr)) {
    if (io_ == nullptr) throw std::bad_alloc();
  }
  ~MemoryIo() {
    av_freep(&io_->buffer);
    avio_context_free(&io_);
  }
  MemoryIo(const MemoryIo&) = delete;
  MemoryIo& operator=(const MemoryIo&) = delete;
  AVIOContext* get() { return io_; }

 private:
  AVIOContext* io_;
};

Result<void> check(int status, const char* doing) {
  if (status >= 0) return {};
  return fail(Code::kBadInput, "cannot {} MPEG-TS: {}", doing, media::av_error_text(status));
}

class TsWriter : public SegmentWriter {
 public:
  explicit TsWriter(media::Track track) : track_(std::move(track)), io_(bytes_) {}
  ~TsWriter() override {
    if (started_) av_write_trailer(muxer_.get());
  }

  Result<void> open() {
    AVFormatContext* raw = nullptr;
    WEIR_TRY(check(avformat_alloc_output_context2(&raw, nullptr, "mpegts", nullptr), "set up"));
    muxer_.reset(raw);
    raw->pb = io_.get();
    raw->max_delay = 0;  // with kept stamps a delay would put the clock before 0 at the start
    raw->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
    raw->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    AVStream* stream = avformat_new_stream(raw, nullptr);
    if (stream == nullptr) throw std::bad_alloc();
    WEIR_TRY(check(avcodec_parameters_copy(stream->codecpar, track_.par.get()), "set up"));
    stream->codecpar->codec_tag = 0;
    // What does not stand alone the muxer itself has to put into frames, one for each packet.
    if (auto sound = SoundFrames::open(track_)) sound_ = *sound;
    if (!track_.language.empty())
      av_dict_set(&stream->metadata, "language", track_.language.c_str(), 0);
    return write_header();
  }

  Result<void> use_key(const std::optional<ContentKey>& key) override {
    encryption_.reset();
    if (!key) return {};
    WEIR_TRY_ASSIGN(encryption_, SampleAes::open(track_, *key));
    return {};
  }

  using SegmentWriter::write;
  Result<SegmentBytes> write(const Segment& segment) override {
    SegmentBytes out;
    bytes_.clear();  // what it grew to stays
    repeat_tables();
    for (const auto& packet : segment.packets)
      WEIR_TRY(sound_ ? collect(packet) : write(packet, out.keys));
    WEIR_TRY(mux_sound());
    WEIR_TRY(check(av_write_frame(muxer_.get(), nullptr), "write"));  // the muxer held the last one
    avio_flush(muxer_->pb);
    if (encryption_ && !segment.packets.empty()) {
      WEIR_TRY_ASSIGN(const EncryptedStream stream,
                      encryption_->announcement(segment.packets.front().bytes()));
      WEIR_TRY(announce_encryption(bytes_, stream));
    }
    out.media.borrow(bytes_);
    return out;
  }

 private:
  static std::int64_t to_offset(std::size_t value) { return static_cast<std::int64_t>(value); }

  static bool far_enough(const media::Packet& packet, const std::vector<KeyRange>& keys) {
    return keys.empty() || is_told_after(keys.back().at, packet.pts());
  }

  // In front of the next packet; the muxer takes the flag back when it has done so.
  void repeat_tables() { av_opt_set(muxer_->priv_data, "mpegts_flags", "+resend_headers", 0); }

  std::size_t written() {
    avio_flush(muxer_->pb);
    return bytes_.size();
  }

  /// Notes where a key picture stands that I-frame playlists are to list.
  Result<void> write(const media::Packet& packet, std::vector<KeyRange>& keys) {
    const bool told = track_.video() && packet.key() && far_enough(packet, keys);
    if (!told) return mux(packet);
    repeat_tables();
    const std::size_t start = written();
    WEIR_TRY(mux(packet));
    keys.push_back({{to_offset(start), to_offset(written() - start)}, packet.pts()});
    return {};
  }

  Result<void> write_header() {
    AVDictionary* options = nullptr;
    av_dict_set(&options, "mpegts_copyts", "1", 0);
    // Once a segment is enough; ten times a second costs 30 kbit/s.
    av_dict_set(&options, "pat_period", "3600", 0);
    av_dict_set(&options, "sdt_period", "3600", 0);
    const int status = avformat_write_header(muxer_.get(), &options);
    av_dict_free(&options);
    started_ = status >= 0;
    return check(status, "set up");
  }

  Result<void> mux(const media::Packet& packet) {
    WEIR_TRY_ASSIGN(media::Packet copy, encrypted(packet));
    return mux(std::move(copy));
  }

  Result<void> mux(media::Packet&& packet) {
    packet.raw()->stream_index = 0;
    packet.rebase(muxer_->streams[0]->time_base);
    return check(av_write_frame(muxer_.get(), packet.raw()), "write");
  }

  Result<void> collect(const media::Packet& packet) {
    Bytes frames;
    if (encryption_) {
      WEIR_TRY_ASSIGN(frames, encryption_->encrypt(packet.bytes()));
    } else {
      WEIR_TRY(sound_->append(packet.bytes(), frames));
    }
    if (!pes_.fits(packet, frames.size())) WEIR_TRY(mux_sound());
    pes_.add(packet, frames);
    return {};
  }

  Result<void> mux_sound() {
    if (pes_.empty()) return {};
    return mux(pes_.take());
  }

  Result<media::Packet> encrypted(const media::Packet& packet) {
    if (!encryption_) return packet.share();
    WEIR_TRY_ASSIGN(const Bytes bytes, encryption_->encrypt(packet.bytes()));
    media::Packet out = media::Packet::of(bytes);
    if (av_packet_copy_props(out.raw(), packet.raw()) < 0) throw std::bad_alloc();
    out.raw()->time_base = packet.base();
    return out;
  }

  const media::Track track_;
  std::optional<SampleAes> encryption_;
  std::optional<SoundFrames> sound_;
  PesCollector pes_;
  Bytes bytes_;
  MemoryIo io_;  // before the muxer, which writes to it until it is destroyed
  media::OutputPtr muxer_;
  bool started_ = false;
};

bool allowed(AVCodecID codec) {
  switch (codec) {
    case AV_CODEC_ID_H264:
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_AAC:
    case AV_CODEC_ID_MP3:
    case AV_CODEC_ID_AC3:
    case AV_CODEC_ID_EAC3:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<std::unique_ptr<SegmentWriter>> open_ts_writer(const media::Track& track) {
  if (!allowed(track.codec()))
    return fail(Code::kUnsupported, "MPEG-TS for HLS cannot carry {}", track.codec_name());
  auto writer = std::make_unique<TsWriter>(track);
  WEIR_TRY(writer->open());
  return writer;
}

}  // namespace weir::hls
