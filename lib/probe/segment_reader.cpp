#include "probe/segment_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <deque>

#include "formats/byte_io.h"
#include "formats/canonical.h"
#include "hls/id3_timestamp.h"
#include "media/h26x.h"
#include "probe/fragment_scan.h"

namespace weir::probe {
namespace {

constexpr int kBlock = 65536;
// What a segment may be. Without the list, bytes that look like a playlist or a list of files would
// make libavformat open what they name.
constexpr const char* kFormats = "mov,mpegts,aac,ac3,eac3,mp3";

/// Hands libavformat the initialisation section, then the segment.
class Chain {
 public:
  Chain(const Bytes* init, Resource& segment) : init_(init), segment_(segment) {
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(kBlock));
    if (buffer != nullptr)
      io_.reset(avio_alloc_context(buffer, kBlock, 0, this, &read, nullptr, nullptr));
  }
  AVIOContext* io() { return io_.get(); }
  const std::optional<Error>& error() const { return error_; }
  const FragmentScan& scan() const { return scan_; }
  const TsScan& ts() const { return ts_; }
  /// How the segment begins; all of a short one.
  ByteView head() {
    read_head();
    return head_;
  }
  /// Of packed audio, in microseconds.
  std::optional<std::int64_t> timestamp_us() {
    const auto ticks = hls::read_id3_timestamp(head());
    if (!ticks) return {};
    return media::Time{*ticks, hls::kTransportClock}.micros();
  }
  /// Reads what the demuxer left: the whole segment is to be there and to be counted.
  void drain() {
    std::array<std::uint8_t, kBlock> block;
    while (read(this, block.data(), kBlock) > 0) continue;
  }

 private:
  static int read(void* opaque, std::uint8_t* to, int size) {
    auto& self = *static_cast<Chain*>(opaque);
    const std::size_t left = self.init_ == nullptr ? 0 : self.init_->size() - self.init_position_;
    if (left > 0) {
      const std::size_t part = std::min(left, static_cast<std::size_t>(size));
      std::memcpy(to, self.init_->data() + self.init_position_, part);
      self.init_position_ += part;
      self.scan_.feed({to, part});
      return static_cast<int>(part);
    }
    self.read_head();
    const std::size_t known = self.head_.size() - self.head_position_;
    if (known > 0) {
      const std::size_t part = std::min(known, static_cast<std::size_t>(size));
      std::memcpy(to, self.head_.data() + self.head_position_, part);
      self.head_position_ += part;
      self.scan_.feed({to, part});
      self.ts_.feed({to, part});
      return static_cast<int>(part);
    }
    if (self.error_) return AVERROR(EIO);
    auto got = self.segment_.read({to, static_cast<std::size_t>(size)});
    if (!got) self.error_ = std::move(got).error();
    if (!got) return AVERROR(EIO);
    self.scan_.feed({to, *got});
    self.ts_.feed({to, *got});
    return *got == 0 ? AVERROR_EOF : static_cast<int>(*got);
  }

  void read_head() {
    if (std::exchange(head_read_, true)) return;
    head_.resize(hls::kLongestTag);
    std::size_t size = 0;
    while (size < head_.size()) {
      auto got = segment_.read(std::span(head_).subspan(size));
      if (!got) error_ = std::move(got).error();
      if (!got || *got == 0) break;
      size += *got;
    }
    head_.resize(size);
  }

  const Bytes* init_;
  Resource& segment_;
  Bytes head_;  // of the segment
  std::size_t head_position_ = 0;
  bool head_read_ = false;
  std::size_t init_position_ = 0;
  FragmentScan scan_;
  TsScan ts_;
  std::optional<Error> error_;
  formats::IoPtr io_;
};

// libavformat does not recognize a transport stream of a few packets.
bool short_transport_stream(ByteView head) {
  constexpr std::size_t kPacket = 188, kFew = 16;
  if (head.empty() || head.size() % kPacket != 0 || head.size() > kFew * kPacket) return false;
  for (std::size_t at = 0; at < head.size(); at += kPacket)
    if (head[at] != 0x47) return false;
  return true;
}

media::Kind kind_of(const AVStream& stream) {
  if (stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO) return media::Kind::kVideo;
  if (stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO) return media::Kind::kAudio;
  return media::Kind::kOther;
}

// fMP4 keeps a length before every NAL unit; avcC byte 4 and hvcC byte 21 say how long it is.
int length_size(const AVCodecParameters& par) {
  const int at = par.codec_id == AV_CODEC_ID_HEVC ? 21 : 4;
  if (par.extradata_size <= at || par.extradata[0] != 1) return 0;
  return (par.extradata[at] & 3) + 1;
}

bool has_units(const AVCodecParameters& par) {
  return par.codec_id == AV_CODEC_ID_H264 || par.codec_id == AV_CODEC_ID_HEVC;
}

// Of a unit behind its length: a slice shows its kind in the first bytes, the rest need not be
// copied.
std::size_t telling_bytes(AVCodecID codec, ByteView unit) {
  if (unit.empty()) return 0;
  constexpr int kH264Sei = 6, kHevcSei = 39;
  const bool sei =
      codec == AV_CODEC_ID_HEVC ? (unit[0] >> 1 & 0x3f) == kHevcSei : (unit[0] & 0x1f) == kH264Sei;
  return sei ? unit.size() : std::min<std::size_t>(unit.size(), 8);
}

/// A picture as Annex B, without what nobody asks about; `space` is what it may be put into.
ByteView outline(const AVCodecParameters& par, ByteView packet, Bytes& space) {
  const auto prefix = static_cast<std::size_t>(length_size(par));
  if (prefix == 0) return packet;
  space.clear();
  for (ByteView rest = packet; rest.size() > prefix;) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < prefix; ++i) length = length << 8 | rest[i];
    rest = rest.subspan(prefix);
    const auto unit = rest.first(std::min(length, rest.size()));
    const auto told = unit.first(telling_bytes(par.codec_id, unit));
    space.insert(space.end(), {0, 0, 0, 1});
    space.insert(space.end(), told.begin(), told.end());
    rest = rest.subspan(unit.size());
  }
  return space;
}

/// What pictures say without being decoded.
class PictureReader {
 public:
  /// Whether it is an IDR.
  bool take(const AVStream& stream, const media::Packet& packet) {
    const auto& par = *stream.codecpar;
    if (!has_units(par)) return packet.key();
    if (!captions_) captions_.emplace(par.codec_id);
    const auto unit = outline(par, packet.bytes(), space_);
    captions_->take(unit, packet.raw()->pts, packet.raw()->dts);
    return media::has_idr(par.codec_id, unit);
  }
  std::set<media::CaptionChannel> captions() {
    if (!captions_) return {};
    captions_->finish();
    return captions_->found();
  }

 private:
  std::optional<media::CaptionFinder> captions_;
  Bytes space_;
};

// channel_configuration of an ADTS header (ISO/IEC 14496-3 section 1.A.2.2); 0 without one.
int adts_channels(const AVStream& stream, ByteView frame) {
  const bool adts = frame.size() >= 4 && frame[0] == 0xff && (frame[1] & 0xf6) == 0xf0;
  if (stream.codecpar->codec_id != AV_CODEC_ID_AAC || !adts) return 0;
  const int configuration = (frame[2] & 1) << 2 | frame[3] >> 6;
  return configuration == 7 ? 8 : configuration;
}

/// One segment opened by libavformat.
class OpenSegment {
 public:
  OpenSegment(const StopSource* stop, Chain& chain) : stop_(stop), chain_(chain) {}
  Result<void> open(const std::string& location, bool describe);
  /// False at the end, and where the container breaks.
  bool next(media::Packet& packet);
  /// The container ends before what it announced.
  bool cut_off() const { return cut_off_; }
  const AVStream* video() const { return video_; }
  const AVStream* audio() const { return audio_; }
  std::int64_t sounds() const {
    const auto** streams = const_cast<const AVStream**>(context_->streams);
    return std::count_if(streams, streams + context_->nb_streams, [](const AVStream* stream) {
      return kind_of(*stream) == media::Kind::kAudio;
    });
  }
  bool format_is(std::string_view name) const {
    return std::string_view(context_->iformat->name).find(name) != std::string_view::npos;
  }
  /// Streams of a transport stream appear while it is read.
  void choose();

 private:
  static int interrupted(void* self) {
    const auto* stop = static_cast<OpenSegment*>(self)->stop_;
    return stop != nullptr && stop->requested() ? 1 : 0;
  }
  const StopSource* stop_;
  Chain& chain_;
  media::InputPtr context_;
  bool cut_off_ = false;
  const AVStream* video_ = nullptr;
  const AVStream* audio_ = nullptr;
};

Result<void> OpenSegment::open(const std::string& location, bool describe) {
  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr || chain_.io() == nullptr) return fail(Code::kInternal, "out of memory");
  context->pb = chain_.io();
  context->interrupt_callback = {&interrupted, this};
  context->correct_ts_overflow = 0;
  AVDictionary* options = nullptr;
  av_dict_set(&options, "format_whitelist", kFormats, 0);
  const AVInputFormat* format =
      short_transport_stream(chain_.head()) ? av_find_input_format("mpegts") : nullptr;
  const int error = avformat_open_input(&context, nullptr, format, &options);  // frees on failure
  av_dict_free(&options);
  if (chain_.error()) return fail(*chain_.error());
  if (error < 0)
    return fail(Code::kBadInput, "cannot read '{}': {}", location, media::av_error_text(error));
  context_.reset(context);
  if (describe) avformat_find_stream_info(context, nullptr);
  choose();
  return {};
}

void OpenSegment::choose() {
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    const AVStream* stream = context_->streams[i];
    if (video_ == nullptr && kind_of(*stream) == media::Kind::kVideo) video_ = stream;
    if (audio_ == nullptr && kind_of(*stream) == media::Kind::kAudio) audio_ = stream;
  }
}

bool OpenSegment::next(media::Packet& packet) {
  packet = media::Packet();
  int error = AVERROR(EAGAIN);
  while (error == AVERROR(EAGAIN)) error = av_read_frame(context_.get(), packet.raw());
  cut_off_ = cut_off_ || (error < 0 && error != AVERROR_EOF) ||
             (packet.raw()->flags & AV_PKT_FLAG_CORRUPT) != 0;
  if (error < 0) return false;
  choose();
  return true;
}

/// Learns what a track is from its first packets.
class Description {
 public:
  void add(const AVStream& stream, const media::Packet& packet) {
    if (!started_) start(stream);
    if (!canonical_ || packets_++ > 8) return;
    std::deque<media::Packet> out;
    (void)canonical_->push(packet.share(), out);
    for (const auto& ready : out) {
      const media::Hdr found = media::find_hdr(stream.codecpar->codec_id, ready.bytes());
      if (!hdr_.mastering) hdr_.mastering = found.mastering;
      if (!hdr_.light) hdr_.light = found.light;
    }
  }
  std::optional<media::Track> track() const {
    if (!canonical_) return {};
    media::Track track = canonical_->track();
    if (!track.hdr.mastering) track.hdr.mastering = hdr_.mastering;
    if (!track.hdr.light) track.hdr.light = hdr_.light;
    return track;
  }

 private:
  void start(const AVStream& stream) {
    started_ = true;
    media::Track track;
    track.kind = kind_of(stream);
    track.index = track.video() ? 0 : 1;
    track.par = media::copy_parameters(*stream.codecpar);
    track.time_base = stream.time_base;
    track.frame_rate = stream.avg_frame_rate;
    const bool whole = track.video() ? track.par->width > 0 : track.par->sample_rate > 0;
    if (!whole) return;
    auto canonical = formats::Canonical::open(stream, std::move(track));
    if (canonical) canonical_.emplace(std::move(*canonical));
  }
  bool started_ = false;
  int packets_ = 0;
  media::Hdr hdr_;
  std::optional<formats::Canonical> canonical_;
};

/// Undoes the move of times that FragmentScan tells of, for one track.
class TrueTimes {
 public:
  void fix(AVPacket& packet, const AVStream& stream, const FragmentScan& scan) {
    if (packet.pts == AV_NOPTS_VALUE || packet.dts == AV_NOPTS_VALUE || packet.pos < 0) return;
    const std::size_t fragment = scan.fragment(packet.pos);
    if (fragment != fragment_) {
      const auto offset = scan.first_offset(stream.id, packet.pos);
      moved_ = offset ? packet.pts - packet.dts - *offset : 0;
    }
    fragment_ = fragment;
    packet.pts -= moved_;
    packet.dts -= moved_;  // or pictures would be shown before they are decoded
  }

 private:
  std::size_t fragment_ = 0;
  std::int64_t moved_ = 0;
};

/// Collects a TrackSpan.
class SpanMeter {
 public:
  void add(std::int64_t pts, std::int64_t duration) {
    start_ = count_ == 0 ? pts : std::min(start_, pts);
    if (count_ == 0 || pts >= last_) {
      last_ = pts;
      last_duration_ = duration;
    }
    ++count_;
    if (stamps_.size() < kMostStamps) stamps_.push_back(pts);
  }
  std::optional<TrackSpan> span() {
    if (count_ == 0) return {};
    const std::int64_t mean = count_ > 1 ? (last_ - start_ + (count_ - 1) / 2) / (count_ - 1) : 0;
    const std::int64_t frame = last_duration_ > 0 ? last_duration_ : mean;
    return TrackSpan{count_, start_, last_ + frame, mean > 0 ? mean : frame, even()};
  }

 private:
  bool even() {
    if (stamps_.size() < 5) return false;
    std::ranges::sort(stamps_);
    std::int64_t least = INT64_MAX, most = 0;
    for (std::size_t i = 1; i < stamps_.size(); ++i) {
      least = std::min(least, stamps_[i] - stamps_[i - 1]);
      most = std::max(most, stamps_[i] - stamps_[i - 1]);
    }
    return most - least <= kEven;
  }

  static constexpr std::size_t kMostStamps = 10'000;
  static constexpr std::int64_t kEven = 2'000;
  std::int64_t count_ = 0;
  std::int64_t start_ = 0;
  std::int64_t last_ = 0;
  std::int64_t last_duration_ = 0;
  std::vector<std::int64_t> stamps_;
};

std::int64_t unwrapped(std::int64_t us, std::int64_t near, int bits, AVRational base) {
  if (bits <= 0 || bits >= 63) return us;
  const std::int64_t period = av_rescale_q(std::int64_t{1} << bits, base, media::kMicros);
  const double turns = static_cast<double>(near - us) / static_cast<double>(period);
  return us + static_cast<std::int64_t>(std::llround(turns)) * period;
}

// As the analysis has it; 0 when it found none.
std::int64_t sound_frame_us(const AVCodecParameters& par) {
  if (par.frame_size <= 0 || par.sample_rate <= 0) return 0;
  return av_rescale(par.frame_size, 1'000'000, par.sample_rate);
}

Result<void> whole(const SegmentFacts& facts, const Chain& chain, const OpenSegment& segment,
                   const std::string& location) {
  if (chain.error()) return fail(*chain.error());
  if (segment.cut_off()) return fail(Code::kBadInput, "cannot read '{}': it is cut off", location);
  if (facts.main() == nullptr)
    return fail(Code::kBadInput, "cannot read '{}': no picture and no sound in it", location);
  return {};
}

}  // namespace

// Brings stamps into microseconds near the ones before. In a transport stream one stamp serves
// several packets of sound, in packed audio one for all; libavformat fills in the others only in a
// segment it analysed.
bool SegmentReader::restamp(AVPacket& packet, const AVStream& stream) {
  const bool sound = kind_of(stream) == media::Kind::kAudio;
  if (packet.pts == AV_NOPTS_VALUE) packet.pts = packet.dts;
  const bool stamped = packet.pts != AV_NOPTS_VALUE;
  if (sound && sound_us_ == 0) sound_us_ = sound_frame_us(*stream.codecpar);
  if (!stamped && (!sound || !next_sound_us_ || sound_us_ == 0)) return false;
  if (packet.dts == AV_NOPTS_VALUE) packet.dts = packet.pts;
  if (stamped) {
    av_packet_rescale_ts(&packet, stream.time_base, media::kMicros);
    const int bits = stream.pts_wrap_bits;
    packet.dts = unwrapped(packet.dts, last_us_.value_or(packet.dts), bits, stream.time_base);
    packet.pts = unwrapped(packet.pts, packet.dts, bits, stream.time_base);
    packet.dts += begin_us_;
    packet.pts += begin_us_;
  } else {
    packet.pts = packet.dts = *next_sound_us_;
    packet.duration = 0;
  }
  packet.time_base = media::kMicros;
  last_us_ = packet.dts;
  if (!sound) return true;
  if (packet.duration > 0)
    sound_us_ = packet.duration;
  else
    packet.duration = sound_us_;
  next_sound_us_ = packet.pts + packet.duration;
  return true;
}

Result<SegmentFacts> SegmentReader::read(const SegmentSource& source, media::Tracks* tracks,
                                         const PacketVisitor& visit, const StreamVisitor& first) {
  auto opened = source.media != nullptr ? Result<Resource>(Resource::of(*source.media))
                                        : fetcher_.open(source.location, source.range);
  WEIR_TRY_ASSIGN(Resource resource, std::move(opened));
  Chain chain(source.init, resource);
  OpenSegment segment(fetcher_.stop(), chain);
  WEIR_TRY(segment.open(source.location, tracks != nullptr));
  SegmentFacts facts;
  facts.fragmented = segment.format_is("mp4");
  facts.stamped = facts.fragmented || segment.format_is("mpegts");
  const bool packed = !facts.stamped;
  begin_us_ = 0;
  if (const auto begin = packed ? chain.timestamp_us() : std::nullopt) {
    begin_us_ = unwrapped(*begin, last_us_.value_or(*begin), 33, hls::kTransportClock);
    facts.stamped = true;
  }
  SpanMeter video, audio;
  Description video_description, audio_description;
  TrueTimes video_times, audio_times;
  PictureReader pictures;
  bool first_picture = true, known_video = false, known_audio = false;
  next_sound_us_.reset();
  if (packed) next_sound_us_ = begin_us_;
  media::Packet packet;
  while (segment.next(packet)) {
    const bool is_video = segment.video() != nullptr && packet.track() == segment.video()->index;
    const bool is_audio = segment.audio() != nullptr && packet.track() == segment.audio()->index;
    if (!is_video && !is_audio) continue;
    const AVStream& stream = is_video ? *segment.video() : *segment.audio();
    if (tracks != nullptr) (is_video ? video_description : audio_description).add(stream, packet);
    const bool idr = is_video && pictures.take(stream, packet);
    if (is_video && std::exchange(first_picture, false)) facts.starts_with_idr = idr;
    if (facts.fragmented)
      (is_video ? video_times : audio_times).fix(*packet.raw(), stream, chain.scan());
    if (!restamp(*packet.raw(), stream)) continue;
    (is_video ? video : audio).add(packet.raw()->pts, packet.raw()->duration);
    if (is_audio && facts.channels == 0) facts.channels = adts_channels(stream, packet.bytes());
    if (idr) facts.idrs.push_back(packet.raw()->pts);
    auto& known = is_video ? known_video : known_audio;
    if (first && !std::exchange(known, true))
      first(stream, is_video ? media::Kind::kVideo : media::Kind::kAudio);
    if (visit) visit(packet, is_video ? media::Kind::kVideo : media::Kind::kAudio, idr);
  }
  chain.drain();
  facts.bytes = resource.bytes_read();
  facts.ts = chain.ts().facts();
  facts.fragments = chain.scan().facts();
  facts.sounds = segment.sounds();
  facts.captions = pictures.captions();
  facts.video = video.span();
  facts.audio = audio.span();
  WEIR_TRY(whole(facts, chain, segment, source.location));
  if (tracks != nullptr)
    for (const auto* description : {&video_description, &audio_description})
      if (auto track = description->track()) tracks->push_back(std::move(*track));
  return facts;
}

}  // namespace weir::probe
