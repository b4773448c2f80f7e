#include "hls/language.h"
#include "hls/sample_aes.h"
#include "hls/segment_writer.h"
#include "hls/sound_frames.h"
#include "hls/ts_packets.h"
#include "hls/ts_tables.h"
#include "media/h26x.h"

namespace weir::hls {
namespace {

constexpr AVRational kTicks{1, 90'000};
constexpr std::uint8_t kPicture = 0xe0, kSound = 0xc0, kPrivate = 0xbd;  // stream_id
constexpr std::uint8_t kAvcDelimiter[] = {0, 0, 0, 1, 0x09, 0xf0};  // any kind of slice follows
constexpr std::uint8_t kHevcDelimiter[] = {0, 0, 0, 1, 0x46, 0x01, 0x50};

std::uint8_t stream_id(const media::Track& track) {
  if (track.video()) return kPicture;
  const bool dolby = track.codec() == AV_CODEC_ID_AC3 || track.codec() == AV_CODEC_ID_EAC3;
  return dolby ? kPrivate : kSound;
}

/// What a picture in a transport stream has to begin with, and this one does not.
ByteView missing_delimiter(AVCodecID codec, ByteView picture) {
  const ByteView whole = codec == AV_CODEC_ID_H264 ? ByteView(kAvcDelimiter) : kHevcDelimiter;
  const std::size_t code =
      picture.size() > 3 && picture[2] == 1 ? 3 : 4;  // 00 00 01 or 00 00 00 01
  const std::size_t header = picture.size() > code ? picture[code] : 0;
  const bool has = codec == AV_CODEC_ID_H264 ? (header & 0x1f) == 9 : (header >> 1 & 0x3f) == 35;
  return has ? ByteView() : whole;
}

std::int64_t ticks(media::Time time) {
  return time.in(kTicks);
}

class TsWriter : public SegmentWriter {
 public:
  TsWriter(media::Track track, TsStream stream)
      : track_(std::move(track)), clear_(std::move(stream)) {}

  Result<void> open() {
    if (track_.audio()) {
      WEIR_TRY_ASSIGN(sound_, SoundFrames::open(track_));
    }
    return {};
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
    out_.clear();
    WEIR_TRY(describe(segment));
    write_tables();
    for (const auto& packet : segment.packets)
      WEIR_TRY(sound_ ? collect(packet) : write(packet, out.keys));
    write_sound();
    out.media = out_.pieces();
    return out;
  }

 private:
  Result<void> describe(const Segment& segment) {
    TsStream stream = clear_;
    if (encryption_ && !segment.packets.empty()) {
      WEIR_TRY_ASSIGN(stream, encryption_->announcement(segment.packets.front().bytes()));
    }
    const std::string language = language_code3(track_.language);
    map_ = programme_map(stream, language == "und" ? "" : language, encryption_ ? 1 : 0);
    if (map_.size() <= kLargestSection) return {};
    return fail(Code::kUnsupported, "MPEG-TS has no room for the configuration of {}",
                track_.codec_name());
  }

  void write_tables() {
    association_pid_.section(association_, out_);
    map_pid_.section(map_, out_);
  }

  /// Notes where a key picture stands that I-frame playlists are to list; it gets tables of its
  /// own, the first one those of the segment.
  Result<void> write(const media::Packet& packet, std::vector<KeyRange>& keys) {
    if (!packet.key() || (!keys.empty() && !is_told_after(keys.back().at, packet.pts())))
      return write_picture(packet);
    if (!only_tables()) write_tables();
    const std::size_t start = out_.size() - kTables;
    WEIR_TRY(write_picture(packet));
    keys.push_back({{to_offset(start), to_offset(out_.size() - start)}, packet.pts()});
    return {};
  }

  Result<void> write_picture(const media::Packet& packet) {
    Bytes encrypted;
    if (encryption_) {
      WEIR_TRY_ASSIGN(encrypted, encryption_->encrypt(packet.bytes()));
    }
    const ByteView bytes = encryption_ ? ByteView(encrypted) : packet.bytes();
    stream_pid_.pes({stream_id_, packet.key(), false, ticks(packet.pts()), ticks(packet.dts()),
                     ticks(packet.duration())},
                    missing_delimiter(track_.codec(), bytes), bytes, out_);
    return {};
  }

  Result<void> collect(const media::Packet& packet) {
    Bytes frames;
    if (encryption_) {
      WEIR_TRY_ASSIGN(frames, encryption_->encrypt(packet.bytes()));
    } else {
      WEIR_TRY(sound_->append(packet.bytes(), frames));
    }
    if (frames.size() > PesCollector::kLargest)
      return fail(Code::kBadInput, "a packet of {} with {} bytes is too long for MPEG-TS",
                  track_.codec_name(), frames.size());
    if (!pes_.fits(packet, frames.size())) write_sound();
    pes_.add(packet, frames);
    return {};
  }

  void write_sound() {
    if (pes_.empty()) return;
    const std::int64_t start = ticks(pes_.start());
    stream_pid_.pes({stream_id_, true, true, start, start, ticks(pes_.end()) - start}, {},
                    pes_.bytes(), out_);
    pes_.clear();
  }

  bool only_tables() const { return out_.size() == kTables; }
  static std::int64_t to_offset(std::size_t value) { return static_cast<std::int64_t>(value); }

  static constexpr std::size_t kTables = 2 * kTsPacket;
  const media::Track track_;
  const std::uint8_t stream_id_ = stream_id(track_);
  const TsStream clear_;
  const Bytes association_ = programme_association();
  Bytes map_;  // of the segment being written
  TsPid association_pid_{0}, map_pid_{kTsMapPid}, stream_pid_{kTsStreamPid};
  std::optional<SampleAes> encryption_;
  std::optional<SoundFrames> sound_;
  PesCollector pes_;
  TsBuffer out_;
};

}  // namespace

Result<std::unique_ptr<SegmentWriter>> open_ts_writer(const media::Track& track) {
  WEIR_TRY_ASSIGN(TsStream stream, ts_stream(track));
  auto writer = std::make_unique<TsWriter>(track, std::move(stream));
  WEIR_TRY(writer->open());
  return writer;
}

}  // namespace weir::hls
