#include "formats/canonical.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "media/h26x.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace weir::formats {
namespace {

bool is_h26x(AVCodecID codec) {
  return codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC;
}

// avcC and hvcC begin with version 1, a byte stream with a start code.
bool length_prefixed(const AVCodecParameters& par) {
  return is_h26x(par.codec_id) && par.extradata_size > 6 && par.extradata[0] == 1;
}

// Lengths of four bytes, as nearly all files have them, have the room of a start code.
bool fits_start_codes(const AVCodecParameters& par) {
  const int at = par.codec_id == AV_CODEC_ID_H264 ? 4 : 21;
  return length_prefixed(par) && par.extradata_size > at && (par.extradata[at] & 3) == 3;
}

const char* filter_for(const AVCodecParameters& par) {
  if (length_prefixed(par))
    return par.codec_id == AV_CODEC_ID_H264 ? "h264_mp4toannexb" : "hevc_mp4toannexb";
  if (par.codec_id == AV_CODEC_ID_AAC && par.extradata_size == 0) return "aac_adtstoasc";
  return nullptr;
}

Result<media::BsfPtr> open_filter(const char* name, const AVStream& stream) {
  AVBSFContext* bsf = nullptr;
  int error = av_bsf_alloc(av_bsf_get_by_name(name), &bsf);
  media::BsfPtr owned(bsf);
  if (error >= 0) error = avcodec_parameters_copy(bsf->par_in, stream.codecpar);
  if (error >= 0) {
    bsf->time_base_in = stream.time_base;
    error = av_bsf_init(bsf);
  }
  if (error < 0)
    return fail(Code::kBadInput, "track {}: {} stream is damaged: {}", stream.index,
                avcodec_get_name(stream.codecpar->codec_id), media::av_error_text(error));
  return owned;
}

constexpr std::size_t kLongestDelimiter = 7;  // of HEVC, with four bytes of start code

// The access unit delimiter an access unit begins with, start code and all; empty without one.
Bytes delimiter(AVCodecID codec, ByteView unit) {
  const auto nals = media::split_annex_b(unit.first(std::min(unit.size(), kLongestDelimiter + 1)));
  if (nals.empty()) return {};
  const bool is_delimiter =
      codec == AV_CODEC_ID_H264 ? (nals[0][0] & 31) == 9 : ((nals[0][0] >> 1) & 63) == 35;
  if (!is_delimiter) return {};
  return {unit.data(), nals[0].data() + nals[0].size()};
}

Bytes annex_b(const media::ParameterSets& sets) {
  Bytes bytes;
  for (const auto* list : {&sets.vps, &sets.sps, &sets.pps})
    for (const auto& set : *list) {
      bytes.insert(bytes.end(), {0, 0, 0, 1});
      bytes.insert(bytes.end(), set.begin(), set.end());
    }
  return bytes;
}

// Priming and padding belong to the samples; the rest is the container's own business.
void keep_side_data(AVPacket& packet) {
  std::size_t size = 0;
  std::uint8_t skip[10];
  const auto* data = av_packet_get_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
  const bool keep = data != nullptr && size == sizeof skip;
  if (keep) std::memcpy(skip, data, sizeof skip);
  av_packet_free_side_data(&packet);
  auto* copy =
      keep ? av_packet_new_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, sizeof skip) : nullptr;
  if (copy != nullptr) std::memcpy(copy, skip, sizeof skip);
}

constexpr AVRational kSoundTolerance{5, 1000};

}  // namespace

Result<Canonical> Canonical::open(const AVStream& stream, media::Track track,
                                  media::Repairs* repairs) {
  Canonical canonical(std::move(track), repairs);
  canonical.wrap_bits_ = stream.pts_wrap_bits;
  if (const char* name = filter_for(*stream.codecpar)) {
    WEIR_TRY_ASSIGN(canonical.bsf_, open_filter(name, stream));
    auto par = media::copy_parameters(*canonical.bsf_->par_out);
    const_cast<AVCodecParameters&>(*par).codec_tag = 0;
    canonical.track_.par = std::move(par);
    canonical.in_place_ = fits_start_codes(*stream.codecpar);
  }
  auto& t = canonical.track_;
  t.time_base = t.audio() ? AVRational{1, t.par->sample_rate} : stream.time_base;
  const bool interlaced = t.par->field_order > AV_FIELD_PROGRESSIVE;
  canonical.fields_ = !canonical.bsf_ && t.codec() == AV_CODEC_ID_H264 && interlaced;
  if (t.video()) canonical.dts_clock_ = DtsClock::of(t);
  return canonical;
}

Result<void> Canonical::push(media::Packet packet, std::deque<media::Packet>& out) {
  if (fields_) {
    join_fields(std::move(packet), out);
    return {};
  }
  // A packet that cannot be read is lost, as it would be to a decoder; the stream goes on.
  if (in_place_ && !rewrite(packet)) {
    media::count(repairs_, &media::Repairs::dropped);
    return {};
  }
  if (!bsf_ || in_place_) {
    accept(std::move(packet), out);
    return {};
  }
  const int error = av_bsf_send_packet(bsf_.get(), packet.raw());
  if (error < 0) media::count(repairs_, &media::Repairs::dropped);
  return error < 0 ? Result<void>() : drain(out);
}

bool Canonical::rewrite(media::Packet& packet) {
  auto& raw = *packet.raw();
  if (av_packet_make_writable(&raw) < 0) return false;
  return media::to_annex_b_in_place({raw.data, static_cast<std::size_t>(raw.size)});
}

Result<void> Canonical::drain(std::deque<media::Packet>& out) {
  media::Packet packet;
  while (av_bsf_receive_packet(bsf_.get(), packet.raw()) >= 0) {
    packet.raw()->time_base = bsf_->time_base_out;
    accept(std::move(packet), out);
    packet = media::Packet();
  }
  return {};
}

Result<void> Canonical::finish(std::deque<media::Packet>& out) {
  if (held_) accept(std::move(*held_), out);
  held_.reset();
  if (!bsf_) return {};
  av_bsf_send_packet(bsf_.get(), nullptr);
  return drain(out);
}

bool Canonical::wanted(const media::Packet& packet) {
  if (packet.raw()->size == 0) return false;
  if (!track_.video()) return true;
  // Stamps that go back begin anew with a key picture.
  const bool first = first_key_ == media::kNoTime || packet.raw()->pts < first_key_;
  if (first && packet.key()) first_key_ = packet.raw()->pts;
  return first_key_ != media::kNoTime && packet.raw()->pts >= first_key_;
}

// A demuxer may hand out the two fields of a picture apart, the second without any stamp; they
// belong into one packet.
void Canonical::join_fields(media::Packet packet, std::deque<media::Packet>& out) {
  const bool second = packet.raw()->pts == media::kNoTime && packet.raw()->dts == media::kNoTime;
  if (second && held_) {
    Bytes joined(held_->bytes().begin(), held_->bytes().end());
    joined.insert(joined.end(), packet.bytes().begin(), packet.bytes().end());
    media::Packet whole = media::Packet::of(joined);
    av_packet_copy_props(whole.raw(), held_->raw());
    held_ = std::move(whole);
    return;
  }
  if (held_) accept(std::move(*held_), out);
  held_ = std::move(packet);
}

void Canonical::accept(media::Packet packet, std::deque<media::Packet>& out) {
  learn_extradata(packet);
  restamp(packet);
  if (!wanted(packet)) {
    const bool empty = packet.raw()->size == 0;
    media::count(repairs_, empty ? &media::Repairs::dropped : &media::Repairs::waiting_for_key);
    return;
  }
  if (dts_clock_) packet.raw()->dts = dts_clock_->next(packet.raw()->pts, packet.key());
  // Damaged stamps: a picture cannot be shown before it is decoded.
  if (packet.raw()->pts < packet.raw()->dts) media::count(repairs_, &media::Repairs::reordered);
  packet.raw()->pts = std::max(packet.raw()->pts, packet.raw()->dts);
  keep_side_data(*packet.raw());
  out.push_back(with_parameter_sets(std::move(packet)));
}

void Canonical::unwrap(AVPacket& packet) {
  if (wrap_bits_ >= 63) return;
  const std::int64_t raw = packet.dts != media::kNoTime ? packet.dts : packet.pts;
  const std::int64_t period = std::int64_t{1} << wrap_bits_;
  if (last_raw_ != media::kNoTime && raw != media::kNoTime && last_raw_ - raw > period / 2)
    wrap_offset_ += period;
  if (raw != media::kNoTime) last_raw_ = raw;
  // libavformat undoes the first itself.
  if (raw != media::kNoTime) wraps_.see(raw + wrap_offset_, wrap_bits_, repairs_);
  if (packet.dts != media::kNoTime) packet.dts += wrap_offset_;
  if (packet.pts != media::kNoTime) packet.pts += wrap_offset_;
}

void Canonical::restamp(media::Packet& packet) {
  auto& raw = *packet.raw();
  unwrap(raw);
  if (raw.pts == media::kNoTime) raw.pts = raw.dts;
  packet.rebase(track_.time_base);
  raw.stream_index = track_.index;
  raw.pos = -1;
  if (track_.video()) {
    if (raw.pts == media::kNoTime) raw.pts = next_pts_ == media::kNoTime ? 0 : next_pts_;
    const bool known = track_.frame_rate.num > 0;
    raw.duration = known ? media::Time{1, av_inv_q(track_.frame_rate)}.in(track_.time_base) : 0;
    next_pts_ = raw.pts + raw.duration;
    return;
  }
  const int frame = track_.par->frame_size;
  const auto tolerance = av_rescale_q(1, kSoundTolerance, track_.time_base);
  if (next_pts_ != media::kNoTime &&
      (raw.pts == media::kNoTime || (frame > 0 && std::llabs(raw.pts - next_pts_) <= tolerance)))
    raw.pts = next_pts_;
  if (raw.pts == media::kNoTime) raw.pts = 0;
  raw.dts = raw.pts;
  if (frame > 0) raw.duration = frame;
  next_pts_ = raw.pts + raw.duration;
  if (frame == 0) raw.duration = 0;
}

void Canonical::learn_change(ByteView extradata) {
  const auto sets = media::extradata_parameter_sets(track_.codec(), extradata);
  if (sets && !sets->sps.empty()) changed_sets_ = annex_b(*sets);
}

void Canonical::learn_extradata(const media::Packet& packet) {
  std::size_t size = 0;
  const auto* data = av_packet_get_side_data(packet.raw(), AV_PKT_DATA_NEW_EXTRADATA, &size);
  if (data != nullptr && in_place_) learn_change({data, size});
  Bytes sets;
  ByteView fresh{data, data == nullptr ? 0 : size};
  if (is_h26x(track_.codec()) && data == nullptr && track_.par->extradata_size == 0 && packet.key())
    fresh = packet.bytes();  // a byte stream carries its parameter sets in band
  if (fresh.empty() || track_.par->extradata_size != 0) return;
  const auto found = media::find_parameter_sets(track_.codec(), fresh);
  if (is_h26x(track_.codec())) {
    sets = annex_b(found);
    fresh = sets;
  }
  if (fresh.empty()) return;
  auto par = media::copy_parameters(*track_.par);
  media::set_extradata(const_cast<AVCodecParameters&>(*par), fresh);
  track_.par = std::move(par);
}

media::Packet Canonical::with_parameter_sets(media::Packet packet) {
  const auto& par = *track_.par;
  if (!is_h26x(track_.codec()) || !packet.key() || par.extradata_size == 0) return packet;
  if (!media::find_parameter_sets(track_.codec(), packet.bytes()).sps.empty()) return packet;
  ByteView sets{par.extradata, static_cast<std::size_t>(par.extradata_size)};
  if (!changed_sets_.empty()) sets = changed_sets_;
  Bytes joined = delimiter(track_.codec(), packet.bytes());
  joined.insert(joined.end(), sets.begin(), sets.end());
  const auto rest = packet.bytes().subspan(joined.size() - sets.size());
  joined.insert(joined.end(), rest.begin(), rest.end());
  media::Packet whole = media::Packet::of(joined);
  av_packet_copy_props(whole.raw(), packet.raw());
  return whole;
}

}  // namespace weir::formats
