#include "publish/hls_parts.h"

#include <cmath>

#include "hls/cut_parts.h"

namespace weir::publish {
namespace {

using Type = hls::MediaPlaylist::Type;

/// Of a picture, or of a packet of sound; 0 when the track does not tell.
double packet_us(const media::Track& track) {
  if (track.video() && track.frame_rate.num > 0) return 1e6 / av_q2d(track.frame_rate);
  const auto& par = *track.par;
  if (track.audio() && par.frame_size > 0 && par.sample_rate > 0)
    return 1e6 * par.frame_size / par.sample_rate;
  return 0;
}

Result<void> check_packets(const media::Track& track, const HlsOptions& options, Log& log) {
  const double packet = packet_us(track), part = static_cast<double>(options.part->count());
  if (packet <= 0) return {};
  const double count = std::floor(part / packet + 1e-6);
  const auto better = format_duration(Micros(std::lround((count + 1) * packet / 1000) * 1000));
  if (count < 1)
    return fail(Code::kUsage, "--part {} is too short for rendition '{}': take at least {}",
                format_duration(*options.part), track.rendition, better);
  if (count * packet * 100 >= part * hls::kFullPart) return {};
  const std::string line = fmt::format(
      "rendition '{}': whole packets fill {:.3f} s of a part of {}, and players expect {} %: "
      "--part {} is better",
      track.rendition, count * packet / 1e6, format_duration(*options.part), hls::kFullPart,
      better);
  if (options.strict) return fail(Code::kRefused, "{}", line);
  log.warning("{}", line);
  return {};
}

}  // namespace

Result<void> check_parts(const media::Tracks& tracks, const HlsOptions& options, Log& log) {
  if (!options.part) return {};
  if (options.type == Type::kVod)
    return fail(Code::kUsage, "--part is for live streams: add --playlist live or event");
  if (options.container != HlsOptions::Container::kFmp4)
    return fail(Code::kUsage, "--part needs fragmented MP4: MPEG-TS is not written in parts");
  if (options.encryption.method == HlsEncryption::Method::kAes128)
    return fail(Code::kUsage,
                "--part and --encrypt aes-128 exclude each other: that encrypts whole "
                "segments");
  if (options.segment && *options.segment < *options.part)
    return fail(Code::kUsage, "--part {} is longer than --segment {}",
                format_duration(*options.part), format_duration(*options.segment));
  for (const auto& track : tracks) WEIR_TRY(check_packets(track, options, log));
  return {};
}

hls::LowLatency low_latency_of(const HlsOptions& options, std::int64_t target_duration) {
  hls::LowLatency out;
  out.part_target = *options.part;
  out.part_hold_back = hls::part_hold_back(*options.part);
  out.hold_back = Micros(target_duration * 3'000'000);
  const Micros listed = options.type == Type::kEvent ? Micros::max() : options.window;
  out.can_skip_until = hls::can_skip_until(target_duration, listed);
  return out;
}

}  // namespace weir::publish
