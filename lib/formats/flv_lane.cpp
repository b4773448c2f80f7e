#include "formats/flv_lane.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "formats/codec_facts.h"
#include "media/aac.h"
#include "media/h26x.h"

namespace weir::formats {
namespace {

constexpr AVRational kMillis{1, 1000};
constexpr std::int32_t kAbsurdDelayMs = 15 * 60 * 1000;

bool is_h26x(AVCodecID codec) {
  return codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC;
}

void attach_extradata(media::Packet& packet, ByteView bytes) {
  auto* data = av_packet_new_side_data(packet.raw(), AV_PKT_DATA_NEW_EXTRADATA, bytes.size());
  if (data != nullptr) std::memcpy(data, bytes.data(), bytes.size());
}

// Some codecs have a rate of their own, whatever the two bits for it say.
flv::SoundFormat true_format(std::uint32_t code, flv::SoundFormat said) {
  if (code == 4 || code == 11) return {16000, false};
  if (code == 5) return {8000, false};
  if (code == 7 || code == 8 || code == 14) said.sample_rate = 8000;
  return said;
}

void describe_classic_sound(const flv::BodyPart& part, AVCodecParameters& par) {
  const auto format = true_format(part.codec, part.sound);
  par.sample_rate = format.sample_rate;
  av_channel_layout_default(&par.ch_layout, format.stereo ? 2 : 1);
  par.bits_per_coded_sample = part.sound.wide_samples ? 16 : 8;
}

std::vector<std::int64_t> moments(std::span<const media::Packet> packets, AVRational base) {
  std::vector<std::int64_t> all;
  for (const auto& packet : packets) all.push_back(packet.pts().in(base));
  return all;
}

}  // namespace

FlvLane::FlvLane(flv::TagType type, const flv::BodyPart& part, media::Repairs* repairs)
    : type_(type),
      id_(part.track),
      code_(part.codec),
      codec_(flv_codec(type, part)),
      repairs_(repairs),
      first_(part) {
  first_.bytes = {};
}

bool FlvLane::takes(const flv::BodyPart& part) const {
  if (part.codec == code_) return true;
  const auto id = flv_codec(type_, part).id;
  return id != AV_CODEC_ID_NONE && id == flv_codec(type_, first_).id;
}

Result<void> FlvLane::configure(ByteView configuration) {
  headless_ = configuration.empty();
  if (headless_) return {};
  if (!seen_ && codec_.id == AV_CODEC_ID_H264 && is_hevc_called_avc(configuration))
    codec_.id = AV_CODEC_ID_HEVC;
  WEIR_TRY_ASSIGN(Bytes extradata, flv_extradata(codec_.id, configuration));
  if (codec_.id == AV_CODEC_ID_VP8 || codec_.id == AV_CODEC_ID_VP9)
    record_colour_ = flv_vpx_colours(configuration).value_or(flv::ColourInfo());
  if (!seen_) {
    length_size_ = flv_length_size(codec_.id, configuration);
    initial_ = extradata_ = std::move(extradata);
  } else if (video()) {
    length_size_ = flv_length_size(codec_.id, configuration);
    changed_ = changed_ || extradata != extradata_;
    extradata_ = std::move(extradata);
  } else {
    foreign_ = !same_sound(extradata);
    foreign_frame_.reset();
    extradata_ = std::move(extradata);
  }
  return {};
}

void FlvLane::learn_colour(ByteView metadata) {
  if (const auto info = flv::read_colour_info(metadata)) colour_ = *info;
}

void FlvLane::learn_channels(ByteView body) {
  auto layout = std::make_unique<flv::ChannelLayout>();
  if (flv::read_channels(body, *layout)) channels_ = std::move(layout);
}

// What is unspecified in the pictures themselves is what the container says.
void FlvLane::complete_colours(media::Track& track) const {
  auto& par = const_cast<AVCodecParameters&>(*track.par);  // ours alone still
  constexpr int kUnspecified = 2;
  for (const auto* said : {&record_colour_, &colour_}) {
    const auto complete = [](auto& field, int value) {
      if (field == kUnspecified && value != 0)
        field = static_cast<std::decay_t<decltype(field)>>(value);
    };
    complete(par.color_primaries, said->primaries);
    complete(par.color_trc, said->transfer);
    complete(par.color_space, said->matrix);
  }
  track.hdr = colour_.hdr;
}

void FlvLane::complete_channels(media::Track& track) const {
  auto& par = const_cast<AVCodecParameters&>(*track.par);
  if (!channels_ || par.ch_layout.order != AV_CHANNEL_ORDER_UNSPEC) return;
  if (channels_->nb_channels == par.ch_layout.nb_channels)
    av_channel_layout_copy(&par.ch_layout, channels_.get());
}

bool FlvLane::same_sound(ByteView configuration) const {
  if (codec_.id != AV_CODEC_ID_AAC) return std::ranges::equal(configuration, initial_);
  const auto then = media::parse_audio_specific_config(initial_);
  const auto now = media::parse_audio_specific_config(configuration);
  return then && now && then->object_type == now->object_type &&
         then->sample_rate == now->sample_rate && then->channel_config == now->channel_config;
}

// A stream that was joined late may have lost its configuration; some encoders repeat the parameter
// sets in the pictures.
void FlvLane::accept_in_band(const flv::BodyPart& part) {
  if (!part.key || !is_h26x(codec_.id)) return;
  Bytes sample(part.bytes.begin(), part.bytes.end());
  if (!media::to_annex_b_in_place(sample)) return;
  if (const auto found = media::decoder_configuration(codec_.id, sample)) (void)configure(*found);
}

// The message of channels tells how many there are, or else the first byte of the frame.
void FlvLane::make_opus_head(ByteView frame) {
  if (codec_.id != AV_CODEC_ID_OPUS || frame.empty()) return;
  constexpr unsigned kStereo = 4;
  const int told = (frame[0] & kStereo) != 0 ? 2 : 1;
  initial_ = extradata_ = opus_head(channels_ ? channels_->nb_channels : told);
}

std::optional<media::Packet> FlvLane::packet(const flv::BodyPart& part, std::int64_t dts_ms) {
  if (part.bytes.size() <= codec_.head) return {};
  if (!complete()) accept_in_band(part);
  if (!complete() && headless_) make_opus_head(part.bytes);
  starved_ = starved_ || !complete();
  if (!complete()) return {};
  if (codec_.head > 0 && initial_.empty())
    initial_.assign(part.bytes.begin(),
                    part.bytes.begin() + static_cast<std::ptrdiff_t>(codec_.head));
  const ByteView bytes = part.bytes.subspan(codec_.head);
  media::Packet packet = length_size_ == 4 ? media::Packet::of(bytes)
                                           : media::Packet::of(widen_lengths(bytes, length_size_));
  auto& raw = *packet.raw();
  if (raw.size == 0) return {};
  const bool absurd = std::abs(part.composition_ms) > kAbsurdDelayMs;
  raw.time_base = kMillis;
  raw.dts = dts_ms;
  raw.pts = dts_ms + (absurd ? 0 : part.composition_ms);
  if (part.key) raw.flags |= AV_PKT_FLAG_KEY;
  if (part.nanoseconds != 0) {
    fine_ = true;
    packet.rebase(media::kMicros);
    packet.shift({part.nanoseconds, {1, 1'000'000'000}});
  }
  if (std::exchange(changed_, false)) attach_extradata(packet, extradata_);
  seen_ = true;
  if (!foreign_) return packet;
  foreign_frame_ = std::move(packet);
  return {};
}

Result<void> FlvLane::open(int index, std::span<const media::Packet> first, const FlvHints& hints) {
  const media::CodecParametersPtr par(avcodec_parameters_alloc());
  if (!par) throw std::bad_alloc();
  par->codec_type = video() ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO;
  par->codec_id = codec_.id;
  if (!video() && code_ < 16 && code_ != flv::kAacId) describe_classic_sound(first_, *par);
  media::set_extradata(*par, initial_);
  const auto facts = learn_codec_facts(*par, first);
  if (video() ? facts.par->width <= 0 : facts.par->sample_rate <= 0)
    return fail(Code::kBadInput, "the {} track is damaged: nothing of it can be decoded",
                avcodec_get_name(codec_.id));
  canonical_.reset();  // it reads what the context holds
  context_ = describe_stream(*facts.par);
  const AVStream& stream = *context_->streams[0];
  described_ = describe(stream, hints,
                        guess_frame_rate(moments(first, stream.time_base), stream.time_base,
                                         facts.frame_rate, hints.frame_rate));
  described_.index = index;
  hints_ = hints;
  WEIR_TRY(open_parser());
  return restart();
}

media::OutputPtr FlvLane::describe_stream(const AVCodecParameters& par) const {
  media::OutputPtr context(avformat_alloc_context());
  AVStream* stream = context ? avformat_new_stream(context.get(), nullptr) : nullptr;
  if (stream == nullptr || avcodec_parameters_copy(stream->codecpar, &par) < 0)
    throw std::bad_alloc();
  stream->time_base = fine_ ? media::kMicros : kMillis;
  stream->pts_wrap_bits = 64;  // undone where the tags were read
  return context;
}

Result<void> FlvLane::turn(std::deque<media::Packet>& out) {
  Bytes before = std::exchange(initial_, extradata_);
  WEIR_TRY(finish(out));
  auto turned = open(described_.index, {&*foreign_frame_, 1}, hints_);
  foreign_frame_.reset();
  if (turned)
    foreign_ = false;
  else
    initial_ = std::move(before);
  return turned;
}

media::Track FlvLane::describe(const AVStream& stream, const FlvHints& hints,
                               AVRational rate) const {
  media::Track track;
  track.kind = video() ? media::Kind::kVideo : media::Kind::kAudio;
  track.par = media::copy_parameters(*stream.codecpar);
  const_cast<AVCodecParameters&>(*track.par).codec_tag = 0;
  track.time_base = stream.time_base;
  track.bitrate = hints.rate;
  track.rendition = hints.rendition;
  track.language = hints.language;
  if (track.bitrate == 0) track.bitrate = track.par->bit_rate;
  if (video()) track.frame_rate = rate;
  if (video())
    complete_colours(track);
  else
    complete_channels(track);
  return track;
}

Result<void> FlvLane::restart() {
  WEIR_TRY_ASSIGN(auto canonical, Canonical::open(*context_->streams[0], described_, repairs_));
  canonical_ = std::make_unique<Canonical>(std::move(canonical));
  return {};
}

// Which H.264 pictures are keys, and where a frame of MP3 ends, the tags do not tell for certain.
Result<void> FlvLane::open_parser() {
  if (codec_.id != AV_CODEC_ID_H264 && codec_.id != AV_CODEC_ID_MP3) return {};
  parser_.reset(av_parser_init(codec_.id));
  parsing_.reset(avcodec_alloc_context3(nullptr));
  if (!parser_ || !parsing_) return {};
  if (avcodec_parameters_to_context(parsing_.get(), context_->streams[0]->codecpar) < 0)
    throw std::bad_alloc();
  if (video()) parser_->flags |= PARSER_FLAG_COMPLETE_FRAMES;
  return {};
}

void FlvLane::mark_key(media::Packet& packet) {
  std::uint8_t* out = nullptr;
  int size = 0;
  auto& raw = *packet.raw();
  av_parser_parse2(parser_.get(), parsing_.get(), &out, &size, raw.data, raw.size, raw.pts, raw.dts,
                   -1);
  const bool unsure = parser_->key_frame < 0;
  const bool key =
      unsure ? parser_->pict_type == AV_PICTURE_TYPE_I || packet.key() : parser_->key_frame == 1;
  raw.flags = key ? raw.flags | AV_PKT_FLAG_KEY : raw.flags & ~AV_PKT_FLAG_KEY;
}

Result<void> FlvLane::split(const media::Packet& packet, std::deque<media::Packet>& out) {
  const std::uint8_t* data = packet.raw()->data;
  int left = packet.raw()->size;
  std::int64_t pts = packet.raw()->pts;
  do {
    std::uint8_t* frame = nullptr;
    int size = 0;
    const int used =
        av_parser_parse2(parser_.get(), parsing_.get(), &frame, &size, data, left, pts, pts, 0);
    if (used < 0) return {};
    pts = media::kNoTime;
    data += used;
    left -= used;
    if (size <= 0) continue;
    media::Packet whole = media::Packet::of({frame, static_cast<std::size_t>(size)});
    whole.raw()->time_base = packet.base();
    whole.raw()->pts = whole.raw()->dts = parser_->pts;
    whole.raw()->flags |= AV_PKT_FLAG_KEY;
    WEIR_TRY(canonical_->push(std::move(whole), out));
  } while (left > 0);
  return {};
}

Result<void> FlvLane::push(media::Packet packet, std::deque<media::Packet>& out) {
  if (parser_ && !video()) return split(packet, out);
  if (parser_) mark_key(packet);
  return canonical_->push(std::move(packet), out);
}

Result<void> FlvLane::finish(std::deque<media::Packet>& out) {
  if (parser_ && !video()) {
    media::Packet end;
    end.raw()->time_base = kMillis;
    WEIR_TRY(split(end, out));
  }
  return canonical_->finish(out);
}

}  // namespace weir::formats
