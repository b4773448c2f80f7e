#include "formats/codec_facts.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace weir::formats {
namespace {

// As many pictures as tell that no more reordering will turn up.
int pictures_needed(const AVCodecContext& decoder) {
  if (decoder.codec_id != AV_CODEC_ID_H264) return 1;
  return decoder.has_b_frames < 3 ? 7 : decoder.has_b_frames < 4 ? 18 : 20;
}

media::CodecPtr open_decoder(const AVCodecParameters& par) {
  const AVCodec* codec = avcodec_find_decoder(par.codec_id);
  media::CodecPtr decoder(codec == nullptr ? nullptr : avcodec_alloc_context3(codec));
  if (!decoder || avcodec_parameters_to_context(decoder.get(), &par) < 0) return nullptr;
  decoder->thread_count = 1;
  decoder->skip_loop_filter = AVDISCARD_ALL;  // nobody looks at these pictures
  if (avcodec_open2(decoder.get(), codec, nullptr) < 0) return nullptr;
  return decoder;
}

int decode(AVCodecContext& decoder, const AVPacket* packet, AVFrame& frame) {
  int count = 0;
  avcodec_send_packet(&decoder, packet);
  while (avcodec_receive_frame(&decoder, &frame) >= 0) ++count;
  return count;
}

constexpr AVRational kStandardRates[] = {
    {30, 1},       {25, 1},  {24, 1},       {60, 1},        {50, 1}, {30000, 1001}, {24000, 1001},
    {60000, 1001}, {15, 1},  {15000, 1001}, {20, 1},        {12, 1}, {10, 1},       {48, 1},
    {100, 1},      {120, 1}, {25, 2},       {120000, 1001}, {5, 1},  {1, 1}};

/// The mean square, in ticks, by which sorted moments miss a grid of this rate; nothing when one is
/// out of step or two share a place.
std::optional<double> misfit(const std::vector<std::int64_t>& moments, double step) {
  double sum = 0;
  double squares = 0;
  double place = -1;
  for (const auto moment : moments) {
    const auto at = static_cast<double>(moment - moments.front());
    const double next = std::round(at / step);
    const double off = at - next * step;
    if (next <= place || std::abs(off) > 1.01) return {};
    place = next;
    sum += off;
    squares += off * off;
  }
  const auto count = static_cast<double>(moments.size());
  return squares / count - sum / count * (sum / count);
}

bool known(AVRational rate) {
  return rate.num > 0 && rate.den > 0;
}

// Moments with holes fit rates that are far too fast as well.
bool plausible(AVRational rate, double counted) {
  return av_q2d(rate) > 0.8 * counted && av_q2d(rate) < 1.5 * counted;
}

}  // namespace

CodecFacts learn_codec_facts(const AVCodecParameters& par, std::span<const media::Packet> first) {
  CodecFacts facts{media::copy_parameters(par), {0, 1}};
  const auto decoder = open_decoder(par);
  if (!decoder) return facts;
  media::Frame frame;
  int decoded = 0;
  for (const auto& packet : first) {
    decoded += decode(*decoder, packet.raw(), *frame.raw());
    const bool sound = decoder->codec_type == AVMEDIA_TYPE_AUDIO;
    if (decoded >= (sound ? 1 : pictures_needed(*decoder))) break;
  }
  if (decoded == 0) decode(*decoder, nullptr, *frame.raw());
  auto full = media::copy_parameters(par);
  auto& own = const_cast<AVCodecParameters&>(*full);
  if (avcodec_parameters_from_context(&own, decoder.get()) < 0) return facts;
  facts.par = std::move(full);
  if (known(decoder->framerate)) facts.frame_rate = decoder->framerate;
  return facts;
}

AVRational rate_of(double pictures_per_second) {
  for (const auto rate : kStandardRates)
    if (std::abs(av_q2d(rate) / pictures_per_second - 1) < 0.0005) return rate;
  return av_d2q(pictures_per_second, 1001 * 120);
}

AVRational guess_frame_rate(std::vector<std::int64_t> moments, AVRational base, AVRational declared,
                            AVRational average) {
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  if (moments.size() < 3)
    return known(average) ? average : known(declared) ? declared : AVRational{0, 1};
  const auto ticks = moments.back() - moments.front();
  const double counted =
      static_cast<double>(moments.size() - 1) / (static_cast<double>(ticks) * av_q2d(base));
  const auto fit = [&](AVRational rate) -> std::optional<double> {
    if (!known(rate) || !plausible(rate, counted)) return {};
    return misfit(moments, 1 / (av_q2d(rate) * av_q2d(base)));
  };
  if (fit(declared)) return declared;
  if (fit(average)) return average;
  AVRational best{0, 1};
  double least = 1;
  for (const auto rate : kStandardRates)
    if (const auto off = fit(rate); off && *off < least - 1e-9) {
      least = *off;
      best = rate;
    }
  if (known(best)) return best;
  if (known(average)) return average;
  return av_d2q(counted, 1000);
}

}  // namespace weir::formats
