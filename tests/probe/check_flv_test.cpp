#include "probe/check_flv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flv/metadata.h"
#include "support/matchers.h"
#include "support/media_files.h"

namespace weir::probe {
namespace {

using flv::TagType;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A file whose parts can be wrong one by one.
struct Sample {
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
    const auto add = [&](TagType type, std::int64_t ms, Bytes body) {
      EXPECT_THAT(flv::write_tag({type, ms, std::move(body)}, out), IsOk());
    };
    const auto here = [&] { return static_cast<std::int64_t>(media.size()); };
    add(TagType::kAudio, 0, {0xaf, 0, 0x11, 0x90});
    if (configuration) add(TagType::kVideo, 0, {0x17, 0, 0, 0, 0, 1});
    keys.push_back({0, here()});
    add(TagType::kVideo, 0, {0x17, 1, 0, 0, 40, 1});
    add(TagType::kAudio, 23, {0xaf, 1, 7});
    add(TagType::kAudio, second_sound_ms + 23, {0xaf, 1, 7});
    add(TagType::kVideo, 40, {0x27, 1, 0, 0, 40, 1});
    keys.push_back({std::llround(second_key_s * 1000), here() + second_key_off});
    if (configuration) add(TagType::kVideo, 80, {0x17, 0, 0, 0, 0, 2});
    if (colours) add(TagType::kVideo, 80, {0xd4, 'a', 'v', 'c', '1'});
    add(TagType::kVideo, 80, {0x17, 1, 0, 0, 40, 1});
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
    EXPECT_THAT(flv::write_tag(flv::metadata_tag(metadata), out), IsOk());
    head.insert(head.end(), media.begin(), media.end());
    return head;
  }
};

std::vector<Finding> check(const Bytes& bytes) {
  FlvCheck check("a.flv");
  for (ByteView rest = bytes; !rest.empty();
       rest = rest.subspan(std::min<std::size_t>(7, rest.size())))
    EXPECT_THAT(check.feed(rest.first(std::min<std::size_t>(7, rest.size()))), IsOk());
  return check.finish();
}

std::vector<std::string> rules(const Sample& sample) {
  std::vector<std::string> ids;
  for (const auto& finding : check(sample.bytes())) ids.emplace_back(finding.rule->id);
  return ids;
}

TEST(CheckFlv, FindsNothingInAFileThatKeepsTheRules) {
  EXPECT_THAT(rules({}), IsEmpty());
}

TEST(CheckFlv, TakesColoursInFrontOfAKeyFrameForTheFrame) {
  EXPECT_THAT(rules({.colours = true}), IsEmpty());
  EXPECT_THAT(rules({.second_key_off = 21, .colours = true}), IsEmpty());
}

TEST(CheckFlv, FindsAnIndexThatLeadsElsewhere) {
  EXPECT_THAT(rules({.second_key_off = 3}), ElementsAre("weir-FLV-INDEX"));
  EXPECT_THAT(rules({.second_key_off = 1'000'000'000'000}), ElementsAre("weir-FLV-INDEX"));
}

TEST(CheckFlv, FindsAnIndexWithAWrongTime) {
  const auto findings = check(Sample{.second_key_s = 0.5}.bytes());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule->id, "weir-FLV-INDEX");
  EXPECT_EQ(findings[0].message, "the index says 0.500 s of the key frame at 0.080 s");
  EXPECT_THAT(rules({.second_key_s = 0.12}), IsEmpty());  // when it is shown
}

TEST(CheckFlv, FindsFramesWithoutTheirConfiguration) {
  const auto findings = check(Sample{.configuration = false}.bytes());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule->id, "weir-FLV-CONFIGURATION");
  EXPECT_THAT(findings[0].message, HasSubstr("pictures: 3 frames"));
}

TEST(CheckFlv, FindsFlagsThatAnnounceSomethingElse) {
  EXPECT_THAT(rules({.audio_flag = false}), ElementsAre("weir-FLV-FLAGS"));
}

TEST(CheckFlv, FindsStampsThatGoBack) {
  const auto findings = check(Sample{.second_sound_ms = -10}.bytes());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule->id, "weir-FLV-TIME");
  EXPECT_THAT(findings[0].message, HasSubstr("0.013 s"));
}

TEST(CheckFlv, FindsAWrongSize) {
  EXPECT_THAT(rules({.size_off = 1}), ElementsAre("weir-FLV-SIZE"));
}

TEST(CheckFlv, SurvivesEveryCut) {
  const Bytes bytes = Sample().bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    FlvCheck check("a.flv");
    EXPECT_THAT(check.feed(ByteView(bytes).first(size)), IsOk());
    (void)check.finish();
  }
}

TEST(CheckFlv, FindsNoWrongIndexInRealFiles) {
  if (support::media_files("flv").empty()) GTEST_SKIP() << "no media";
  const StopSource stop;
  for (const auto& path : support::media_files("flv")) {
    const auto findings = check_flv(path, stop);
    ASSERT_THAT(findings, IsOk());
    for (const auto& finding : *findings)
      EXPECT_NE(finding.rule->severity, Severity::kMust) << path << ": " << finding.message;
  }
}

}  // namespace
}  // namespace weir::probe
