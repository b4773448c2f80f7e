// A small FLV file that keeps every rule, to be broken by a test.
#pragma once

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "flv/metadata.h"
#include "probe/check_flv.h"

namespace weir::probe {

/// A file whose parts can be wrong one by one.
struct FlvSample {
  bool audio_flag = true;
  bool configuration = true;
  std::int64_t second_sound_ms = 21;
  double second_key_s = 0.08;
  std::int64_t second_key_off = 0;
  std::int64_t size_off = 0;
  bool colours = false;

  Bytes bytes() const {
    Bytes media;
    ByteWriter out(media);
    std::vector<flv::KeyFrame> keys;
    const auto add = [&](flv::TagType type, std::int64_t ms, Bytes body) {
      EXPECT_TRUE(flv::write_tag({type, ms, std::move(body)}, out));
    };
    const auto here = [&] { return static_cast<std::int64_t>(media.size()); };
    add(flv::TagType::kAudio, 0, {0xaf, 0, 0x11, 0x90});
    if (configuration) add(flv::TagType::kVideo, 0, {0x17, 0, 0, 0, 0, 1});
    keys.push_back({0, here()});
    add(flv::TagType::kVideo, 0, {0x17, 1, 0, 0, 40, 1});
    add(flv::TagType::kAudio, 23, {0xaf, 1, 7});
    add(flv::TagType::kAudio, second_sound_ms + 23, {0xaf, 1, 7});
    add(flv::TagType::kVideo, 40, {0x27, 1, 0, 0, 40, 1});
    keys.push_back({std::llround(second_key_s * 1000), here() + second_key_off});
    if (configuration) add(flv::TagType::kVideo, 80, {0x17, 0, 0, 0, 0, 2});
    if (colours) add(flv::TagType::kVideo, 80, {0xd4, 'a', 'v', 'c', '1'});
    add(flv::TagType::kVideo, 80, {0x17, 1, 0, 0, 40, 1});
    return with_head(media, keys);
  }
  Bytes with_head(const Bytes& media, std::vector<flv::KeyFrame> keys) const {
    media::Track video;
    video.kind = media::Kind::kVideo;
    AVCodecParameters* par = avcodec_parameters_alloc();
    par->codec_id = AV_CODEC_ID_H264;
    video.par = media::copy_parameters(*par);
    avcodec_parameters_free(&par);
    flv::Metadata metadata;
    metadata.video = &video;
    metadata.file = flv::FileFacts{0.12, 1, 80, keys};
    Bytes head;
    ByteWriter out(head);
    flv::write_file_header(audio_flag, true, out);
    const auto start = static_cast<std::int64_t>(head.size() + flv::kTagOverhead +
                                                 flv::metadata_tag(metadata).body.size());
    for (auto& key : metadata.file->key_frames) key.position += start;
    metadata.file->file_size = start + static_cast<std::int64_t>(media.size()) + size_off;
    EXPECT_TRUE(flv::write_tag(flv::metadata_tag(metadata), out));
    head.insert(head.end(), media.begin(), media.end());
    return head;
  }
};

}  // namespace weir::probe
