#include "formats/foreign_input.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/h26x.h"
#include "media/scte35.h"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/mastering_display_metadata.h>
}

namespace weir::formats {
namespace {

constexpr media::Time kReadAhead{2, {1, 1}};  // how long a track may keep the others waiting
constexpr media::Time kMissing{1, {1, 1}};    // less than this lost at the end is not called damage

media::Kind kind_of(const AVStream& stream) {
  const auto& par = *stream.codecpar;
  if (par.codec_id == AV_CODEC_ID_NONE) return media::Kind::kOther;
  if (par.codec_type == AVMEDIA_TYPE_VIDEO && par.width > 0 && par.height > 0 &&
      (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) == 0)
    return media::Kind::kVideo;
  if (par.codec_type == AVMEDIA_TYPE_AUDIO && par.sample_rate > 0 && par.ch_layout.nb_channels > 0)
    return media::Kind::kAudio;
  return media::Kind::kOther;
}

ByteView side_data(const AVStream& stream, AVPacketSideDataType type) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
  const auto& par = *stream.codecpar;
  const auto* found = av_packet_side_data_get(par.coded_side_data, par.nb_coded_side_data, type);
  return found == nullptr ? ByteView() : ByteView(found->data, found->size);
#else
  std::size_t size = 0;
  const auto* data = av_stream_get_side_data(&stream, type, &size);
  return data == nullptr ? ByteView() : ByteView(data, size);
#endif
}

// The display matrix turns counter-clockwise; a negative determinant is a mirror image.
void read_rotation(const AVStream& stream, media::Track& track) {
  const ByteView data = side_data(stream, AV_PKT_DATA_DISPLAYMATRIX);
  if (data.size() < 9 * sizeof(std::int32_t)) return;
  std::int32_t matrix[9];
  std::copy_n(reinterpret_cast<const std::int32_t*>(data.data()), 9, matrix);
  const double determinant = double{1} * matrix[0] * matrix[4] - double{1} * matrix[1] * matrix[3];
  track.mirrored = determinant < 0;
  if (track.mirrored) av_display_matrix_flip(matrix, 1, 0);
  const double degrees = -av_display_rotation_get(matrix);
  if (std::isnan(degrees)) return;
  track.rotation = ((static_cast<int>(std::lround(degrees / 90)) * 90) % 360 + 360) % 360;
}

void read_dolby_vision(const AVStream& stream, media::Track& track) {
  const ByteView data = side_data(stream, AV_PKT_DATA_DOVI_CONF);
  if (data.size() < sizeof(AVDOVIDecoderConfigurationRecord)) return;
  const auto& read = *reinterpret_cast<const AVDOVIDecoderConfigurationRecord*>(data.data());
  track.dolby_vision = media::DolbyVision{read.dv_version_major,
                                          read.dv_version_minor,
                                          read.dv_profile,
                                          read.dv_level,
                                          read.rpu_present_flag != 0,
                                          read.el_present_flag != 0,
                                          read.bl_present_flag != 0,
                                          read.dv_bl_signal_compatibility_id};
}

// In units of 1/`per_unit`, to the nearest; 0 for what is no number.
std::int64_t units(AVRational value, int per_unit) {
  if (value.den <= 0 || value.num < 0) return 0;
  return av_rescale(value.num, per_unit, value.den);
}

void read_mastering(const AVMasteringDisplayMetadata& read, media::Track& track) {
  constexpr int kGreen = 1, kBlue = 2, kRed = 0;
  media::MasteringDisplay display;
  std::size_t at = 0;
  const auto put = [&](AVRational value) {
    display.chromaticity[at++] = static_cast<std::uint16_t>(units(value, 50'000));
  };
  for (const int colour : {kGreen, kBlue, kRed})
    for (const auto value : read.display_primaries[colour]) put(value);
  for (const auto value : read.white_point) put(value);
  display.max_luminance = static_cast<std::uint32_t>(units(read.max_luminance, 10'000));
  display.min_luminance = static_cast<std::uint32_t>(units(read.min_luminance, 10'000));
  if (read.has_primaries != 0 && read.has_luminance != 0) track.hdr.mastering = display;
}

void read_hdr(const AVStream& stream, media::Track& track) {
  const ByteView display = side_data(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA);
  if (display.size() >= sizeof(AVMasteringDisplayMetadata))
    read_mastering(*reinterpret_cast<const AVMasteringDisplayMetadata*>(display.data()), track);
  const ByteView light = side_data(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL);
  if (light.size() < sizeof(AVContentLightMetadata)) return;
  const auto& read = *reinterpret_cast<const AVContentLightMetadata*>(light.data());
  track.hdr.light = media::ContentLight{static_cast<std::uint16_t>(read.MaxCLL),
                                        static_cast<std::uint16_t>(read.MaxFALL)};
}

// libavformat's guess is the finest step it saw between stamps; where stamps are rounded to
// milliseconds that can be half a picture, and the average is nearer to the truth.
AVRational frame_rate_of(AVFormatContext* context, AVStream* stream) {
  const AVRational guess = av_guess_frame_rate(context, stream, nullptr);
  const AVRational average = stream->avg_frame_rate;
  const bool too_fine = average.num > 0 && av_q2d(guess) > 1.5 * av_q2d(average);
  const AVRational rate = too_fine ? average : guess;
  if (rate.num <= 0 || rate.den <= 0 || av_q2d(rate) > 1000) return {0, 1};
  return rate;
}

media::Track track_of(AVFormatContext* context, AVStream* stream, int index) {
  media::Track track;
  track.index = index;
  track.kind = kind_of(*stream);
  track.par = media::copy_parameters(*stream->codecpar);
  const_cast<AVCodecParameters&>(*track.par).codec_tag = 0;
  track.time_base = stream->time_base;
  track.bitrate = track.par->bit_rate;
  if (track.video()) {
    track.frame_rate = frame_rate_of(context, stream);
    read_rotation(*stream, track);
    read_dolby_vision(*stream, track);
    read_hdr(*stream, track);
  }
  const auto* language = av_dict_get(stream->metadata, "language", nullptr, 0);
  if (language != nullptr && std::string_view(language->value) != "und")
    track.language = language->value;
  return track;
}

}  // namespace

Result<std::unique_ptr<Input>> ForeignInput::open(std::unique_ptr<Demuxer> demuxer,
                                                  const InputOptions& options) {
  std::unique_ptr<ForeignInput> self(new ForeignInput(std::move(demuxer), options));
  WEIR_TRY(self->open_tracks());
  WEIR_TRY(self->read_ahead());
  self->fix_shift();
  return std::unique_ptr<Input>(std::move(self));
}

Result<void> ForeignInput::open_tracks() {
  AVFormatContext* context = demuxer_->context();
  const int error = avformat_find_stream_info(context, nullptr);
  if (error < 0) return fail(demuxer_->error(error, "read"));
  if (demuxer_->stopped()) return fail(Code::kStopped, "stopped");
  if (options_.start && options_.start->count() > 0) {
    const auto from = context->start_time == AV_NOPTS_VALUE ? 0 : context->start_time;
    if (av_seek_frame(context, -1, from + options_.start->count(), AVSEEK_FLAG_BACKWARD) < 0)
      return fail(Code::kUsage, "cannot start {} at {}: it cannot be searched by time",
                  demuxer_->name(), format_duration(*options_.start));
  }
  sources_.resize(context->nb_streams);
  int count = 0;
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    const bool wanted = kind_of(*context->streams[i]) != media::Kind::kOther;
    WEIR_TRY(open_track(*context->streams[i], wanted ? count++ : -1));
  }
  if (count == 0) return fail(Code::kBadInput, "no video or sound in {}", demuxer_->name());
  return {};
}

/// `index` -1: the stream is not wanted.
Result<void> ForeignInput::open_track(AVStream& stream, int index) {
  Source& source = sources_[static_cast<std::size_t>(stream.index)];
  source.cues = stream.codecpar->codec_id == AV_CODEC_ID_SCTE_35;
  if (index < 0) {
    stream.discard = source.cues ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    return {};
  }
  WEIR_TRY_ASSIGN(
      auto canonical,
      Canonical::open(stream, track_of(demuxer_->context(), &stream, index), options_.repairs));
  source.canonical = std::make_unique<Canonical>(std::move(canonical));
  ids_[index] = stream.id;
  return {};
}

bool ForeignInput::all_seen() const {
  return std::all_of(sources_.begin(), sources_.end(),
                     [](const Source& s) { return !s.canonical || s.seen; });
}

bool ForeignInput::all_over() const {
  return std::all_of(sources_.begin(), sources_.end(),
                     [](const Source& s) { return !s.canonical || s.over; });
}

// The one shift for all tracks is known once every track has shown its first stamp.
Result<void> ForeignInput::read_ahead() {
  while (!all_seen()) {
    WEIR_TRY_ASSIGN(const bool more, read_one());
    if (!more) break;
    if (ready_.empty()) continue;
    media::Time first = media::position(ready_.front());
    const media::Time last = media::position(ready_.back());
    first = {first.in(media::kMicros) + kReadAhead.micros(), media::kMicros};
    if (last > first) break;
  }
  for (auto& source : sources_)
    if (source.canonical) tracks_.push_back(source.canonical->track());
  forms_ = tracks_;
  if (ready_.empty())
    return fail(Code::kBadInput, "cannot read {}: no video or sound packet in it",
                demuxer_->name());
  return {};
}

void ForeignInput::fix_shift() {
  media::Time earliest = media::position(ready_.front());
  std::optional<media::Time> begin;
  for (const auto& item : ready_) {
    earliest = std::min(earliest, media::position(item));
    const auto* packet = std::get_if<media::Packet>(&item);
    if (packet == nullptr) continue;
    earliest = std::min({earliest, packet->pts()});
    if (!begin || packet->pts() < *begin) begin = packet->pts();
  }
  shift_ = {-earliest.ticks, earliest.base};
  for (auto& track : tracks_) track.shift = shift_;
  if (options_.duration && begin)
    limit_ =
        media::Time{begin->micros() + shift_.micros() + options_.duration->count(), media::kMicros};
}

Result<bool> ForeignInput::read_one() {
  std::deque<media::Packet> packets;
  WEIR_TRY_ASSIGN(auto packet, demuxer_->read());
  if (!packet) {
    for (auto& source : sources_) {
      if (source.canonical) WEIR_TRY(source.canonical->finish(packets));
      take(source, packets);
    }
    if (tracks_.empty()) return false;  // still being opened
    release_section();
    return begin_section();
  }
  const auto index = static_cast<std::size_t>(packet->track());
  if (index >= sources_.size()) return true;  // a stream that turned up later
  Source& source = sources_[index];
  corrupt_ = (packet->raw()->flags & AV_PKT_FLAG_CORRUPT) != 0;
  if (source.cues) take_cue(*packet);
  if (!source.canonical) return true;
  WEIR_TRY(check_codec(source, *packet));
  WEIR_TRY(source.canonical->push(std::move(*packet), packets));
  take(source, packets);
  return true;
}

// In a transport stream a new program map may do that, and libavformat does not tell.
Result<void> ForeignInput::check_codec(const Source& source, const media::Packet& packet) const {
  const AVCodecID said = source.canonical->track().codec();
  const bool h26x = said == AV_CODEC_ID_H264 || said == AV_CODEC_ID_HEVC;
  if (!h26x || !media::is_other_codec(said, packet.bytes())) return {};
  return fail(Code::kBadInput,
              "{}: the pictures change from {} to {} at {:.3f} s; begin anew there",
              demuxer_->name(), avcodec_get_name(said), said == AV_CODEC_ID_HEVC ? "h264" : "hevc",
              source.end.seconds() + shift_.seconds());
}

void ForeignInput::take(Source& source, std::deque<media::Packet>& packets) {
  for (auto& packet : std::exchange(packets, {}))
    if (in_section_)
      take_in_section(source, std::move(packet));
    else
      hand_on(source, std::move(packet));
}

void ForeignInput::hand_on(Source& source, media::Packet packet) {
  source.seen = true;
  latest_ = packet.dts();
  source.end = {packet.pts().ticks + packet.raw()->duration, packet.base()};
  last_dts_[packet.track()] = packet.dts();
  ready_.push_back(std::move(packet));
}

// libavformat stamps a section with the 33-bit clock of the transport stream, which it unwraps only
// once; the moment nearest to the packets around it is meant, and so it is with the splice.
void ForeignInput::take_cue(const media::Packet& packet) {
  const auto info = media::parse_splice_info(packet.bytes());
  const bool stamped = packet.pts().ticks != media::kNoTime;
  if (!info || (!stamped && !latest_)) {
    if (options_.log != nullptr && !info && !std::exchange(told_damaged_cue_, true))
      options_.log->warning("{}: {} is left out", demuxer_->name(), info.error().what);
    return;
  }
  const auto near = latest_.value_or(packet.pts());
  const auto at = stamped ? media::splice_time(near, packet.pts().in(media::kSpliceBase)) : near;
  std::optional<media::Time> splice;
  if (info->pts) splice = media::splice_time(at, *info->pts);
  ready_.push_back(media::cue_event(at, packet.bytes().first(info->size), splice));
}

void ForeignInput::shift(media::Item& item) const {
  media::shift_item(item, shift_);
}

bool ForeignInput::beyond_end(const media::Item& item) {
  if (!limit_) return false;
  const auto* packet = std::get_if<media::Packet>(&item);
  if (packet == nullptr) return media::position(item) >= *limit_;
  if (packet->dts() >= *limit_)
    for (auto& source : sources_)
      if (source.canonical && source.canonical->track().index == packet->track())
        source.over = true;
  return packet->pts() >= *limit_;
}

Result<std::optional<media::Item>> ForeignInput::next() {
  while (true) {
    while (ready_.empty()) {
      WEIR_TRY_ASSIGN(const bool more, read_one());
      if (more || !ready_.empty()) continue;
      WEIR_TRY(check_complete());
      return std::optional<media::Item>();
    }
    media::Item item = std::move(ready_.front());
    ready_.pop_front();
    shift(item);
    if (!beyond_end(item)) return std::optional(std::move(item));
    if (all_over()) return std::optional<media::Item>();
  }
}

// libavformat calls the end of a cut-off file just an end; its own index tells otherwise.
Result<void> ForeignInput::check_complete() const {
  AVFormatContext* context = demuxer_->context();
  bool early = corrupt_ || demuxer_->missing() > 0;
  for (unsigned i = 0; i < context->nb_streams && i < sources_.size(); ++i) {
    const AVStream& stream = *context->streams[i];
    if (!sources_[i].canonical || stream.duration <= 0 || stream.start_time == AV_NOPTS_VALUE ||
        context->duration_estimation_method != AVFMT_DURATION_FROM_STREAM)
      continue;
    const auto& end = sources_[i].end;
    const media::Time due{stream.start_time + stream.duration, stream.time_base};
    early = early || due.seconds() - end.seconds() > kMissing.seconds();
  }
  if (early)
    return fail(Code::kBadInput, "{} is cut off: it ends before its own index says",
                demuxer_->name());
  return {};
}

std::optional<Micros> ForeignInput::duration() const {
  const auto duration = demuxer_->context()->duration;
  if (options_.duration) return options_.duration;
  if (duration <= 0) return {};
  return Micros(duration) - options_.start.value_or(Micros(0));
}

}  // namespace weir::formats
