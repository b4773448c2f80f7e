#include "media/slice_header.h"

#include <cstdio>
#include <mutex>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

extern "C" {
#include <libavcodec/bsf.h>
}

#include "media/bit_reader.h"
#include "media/h26x.h"
#include "support/coded_stream.h"
#include "support/media_files.h"

namespace weir::media {
namespace {

/// Bits of every slice header, NAL unit header included, as libavcodec's trace_headers tells.
class Witness {
 public:
  Witness(const AVCodecParameters& par, AVRational base) {
    av_bsf_alloc(av_bsf_get_by_name("trace_headers"), &filter_);
    avcodec_parameters_copy(filter_->par_in, &par);
    filter_->time_base_in = base;
    av_log_set_callback(&Witness::listen);
    level_ = av_log_get_level();
    av_log_set_level(AV_LOG_INFO);
    good_ = av_bsf_init(filter_) >= 0;
  }
  ~Witness() {
    av_bsf_free(&filter_);
    av_log_set_level(level_);
    av_log_set_callback(av_log_default_callback);
  }
  std::vector<std::size_t> see(const Packet& packet) {
    ends_.clear();
    in_slice_ = false;
    Packet copy = packet.share();
    if (good_ && av_bsf_send_packet(filter_, copy.raw()) >= 0)
      while (av_bsf_receive_packet(filter_, copy.raw()) >= 0) av_packet_unref(copy.raw());
    return ends_;
  }

 private:
  // "12          slice_type                       00111 = 6"; headings have no number.
  static void listen(void*, int, const char* format, va_list arguments) {
    char line[512];
    std::vsnprintf(line, sizeof line, format, arguments);
    unsigned long at = 0;
    char name[256], bits[256];
    if (std::sscanf(line, "%lu %255s %255[01] =", &at, name, bits) == 3) {
      if (in_slice_) ends_.back() = at + std::strlen(bits);
      return;
    }
    const std::string_view heading(line);
    in_slice_ = heading.starts_with("Slice Header") || heading.starts_with("Slice Segment Header");
    if (in_slice_) ends_.push_back(0);
  }
  inline static std::vector<std::size_t> ends_;
  inline static bool in_slice_ = false;
  AVBSFContext* filter_ = nullptr;
  int level_ = 0;
  bool good_ = false;
};

/// How many slices were compared.
int compare(AVCodecID codec, const Packet& packet, Witness& witness, SliceHeaders& headers) {
  const auto ends = witness.see(packet);
  std::size_t slice = 0;
  for (const ByteView nal : split_annex_b(packet.bytes())) {
    headers.learn(nal);
    if (!is_slice(codec, nal)) continue;
    const auto size = headers.size(nal);
    if (slice >= ends.size() || !size) {
      ADD_FAILURE() << "slice " << slice << " of " << ends.size() << ", read: " << size.has_value();
      return 0;
    }
    const std::size_t expected = (ends[slice++] + 7) / 8;
    EXPECT_EQ(without_emulation_prevention(nal.first(*size)).size(), expected);
    EXPECT_LT(without_emulation_prevention(nal.first(*size - 1)).size(), expected);
  }
  EXPECT_EQ(slice, ends.size());
  return static_cast<int>(slice);
}

int compare(const support::CodedStream& stream) {
  Witness witness(*stream.track.par, stream.track.time_base);
  SliceHeaders headers(stream.track.codec());
  int count = 0;
  for (const auto& packet : stream.packets)
    count += compare(stream.track.codec(), packet, witness, headers);
  return count;
}

support::VideoSpec x264(std::string parameters, AVPixelFormat format = AV_PIX_FMT_YUV420P) {
  return {.encoder = "libx264",
          .width = 128,
          .height = 96,
          .frames = 24,
          .format = format,
          .gop = 12,
          .options = {{"x264-params", std::move(parameters)}}};
}

support::VideoSpec x265(const std::string& parameters, AVPixelFormat format = AV_PIX_FMT_YUV420P) {
  return {.encoder = "libx265",
          .width = 192,
          .height = 160,
          .frames = 24,
          .format = format,
          .gop = 12,
          .options = {{"x265-params", "log-level=none:repeat-headers=1:" + parameters}}};
}

TEST(SliceHeadersH264, EndWhereLibavcodecSaysTheyDo) {
  for (const char* parameters :
       {"bframes=3:b-pyramid=normal:weightb=1:weightp=2:ref=4", "cabac=0:bframes=0", "slices=4",
        "interlaced=1:bframes=2", "tff=1:weightp=0", "fake-interlaced=1", "open-gop=1:bframes=3",
        "no-deblock=1:bframes=1", "keyint=1", "intra-refresh=1:bframes=0",
        "nal-hrd=vbr:vbv-maxrate="
        "500:vbv-bufsize=500",
        "ref=8:mixed-refs=1:bframes=5:b-adapt=2", "bluray-compat=1:slices=4"})
    EXPECT_GE(compare(support::encode_video(x264(parameters))), 24) << parameters;
  EXPECT_GE(compare(support::encode_video(x264("bframes=2", AV_PIX_FMT_YUV444P))), 24);
}

TEST(SliceHeadersHevc, EndWhereLibavcodecSaysTheyDo) {
  for (const char* parameters :
       {"bframes=3", "wpp=0:sao=0", "slices=2", "weightb=1:weightp=1:ref=4:bframes=4",
        "open-gop=0:bframes=0", "b-pyramid=0:bframes=3", "ctu=16:min-cu-size=8",
        "temporal-layers=3:bframes=3", "keyint=1", "deblock=1,1:rect=1", "no-deblock=1:sao=0",
        "intra-refresh=1:bframes=0", "temporal-mvp=0", "cbqpoffs=3:crqpoffs=-2",
        "aud=1:hrd=1:"
        "vbv-maxrate=500:vbv-bufsize=500",
        "scaling-list=default"})
    EXPECT_GE(compare(support::encode_video(x265(parameters))), 24) << parameters;
  EXPECT_GE(compare(support::encode_video(x265("bframes=2", AV_PIX_FMT_YUV444P))), 24);
}

/// Reads a real file in Annex B; the first pictures of it.
int compare_file(const std::string& path) {
  av_log_set_level(AV_LOG_QUIET);
  AVFormatContext* raw = nullptr;
  if (avformat_open_input(&raw, path.c_str(), nullptr, nullptr) < 0) return 0;
  const InputPtr input(raw);
  avformat_find_stream_info(raw, nullptr);
  const int index = av_find_best_stream(raw, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (index < 0) return 0;
  const AVStream& stream = *raw->streams[index];
  const AVCodecID codec = stream.codecpar->codec_id;
  if (codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC) return 0;
  AVBSFContext* annex_b = nullptr;
  av_bsf_alloc(
      av_bsf_get_by_name(codec == AV_CODEC_ID_H264 ? "h264_mp4toannexb" : "hevc_mp4toannexb"),
      &annex_b);
  avcodec_parameters_copy(annex_b->par_in, stream.codecpar);
  int count = 0;
  if (av_bsf_init(annex_b) >= 0) {
    Witness witness(*annex_b->par_out, stream.time_base);
    SliceHeaders headers(codec);
    const auto& par = *annex_b->par_out;
    for (const ByteView nal :
         split_annex_b({par.extradata, static_cast<std::size_t>(par.extradata_size)}))
      headers.learn(nal);
    Packet packet;
    for (int read = 0; read < 200 && av_read_frame(raw, packet.raw()) >= 0;) {
      if (packet.track() == index && av_bsf_send_packet(annex_b, packet.raw()) >= 0)
        while (av_bsf_receive_packet(annex_b, packet.raw()) >= 0) {
          count += compare(codec, packet, witness, headers);
          ++read;
        }
      av_packet_unref(packet.raw());
    }
  }
  av_bsf_free(&annex_b);
  return count;
}

TEST(SliceHeaders, OfRealFilesEndWhereLibavcodecSaysTheyDo) {
  auto files = support::media_files("clips");
  for (const auto& file : support::media_files("odd")) files.push_back(file);
  if (files.empty()) GTEST_SKIP() << "no media folder: set WEIR_MEDIA";
  int count = 0;
  for (const auto& file : files) {
    SCOPED_TRACE(file);
    count += compare_file(file);
  }
  EXPECT_GT(count, 0);
}

TEST(SliceHeaders, WithoutTheirParameterSetsAreNotRead) {
  for (const auto& spec : {x264("bframes=0"), x265("bframes=0")}) {
    const auto stream = support::encode_video(spec);
    const SliceHeaders headers(stream.track.codec());
    for (const ByteView nal : split_annex_b(stream.packets[0].bytes()))
      EXPECT_FALSE(headers.size(nal));
  }
}

TEST(SliceHeaders, DamagedBytesAreSafe) {
  std::mt19937 random(11);
  for (const auto& spec : {x264("bframes=2:weightp=2"), x265("bframes=2:slices=2")}) {
    const auto stream = support::encode_video(spec);
    for (int round = 0; round < 4000; ++round) {
      SliceHeaders headers(stream.track.codec());
      const auto& packet = stream.packets[random() % 3];
      Bytes bytes(packet.bytes().begin(), packet.bytes().end());
      bytes.resize(std::min<std::size_t>(bytes.size(), 400));
      for (int i = 0; i < 4; ++i)
        bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
      bytes.resize(random() % (bytes.size() + 1));
      for (const ByteView nal : split_annex_b(stream.packets[0].bytes())) headers.learn(nal);
      for (const ByteView nal : split_annex_b(bytes)) {
        headers.learn(nal);
        const auto size = headers.size(nal);
        EXPECT_LE(size.value_or(0), nal.size());
      }
    }
  }
}

}  // namespace
}  // namespace weir::media
