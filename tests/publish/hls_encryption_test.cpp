#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/content_key.h"
#include "hls/playlist_text.h"
#include "publish/hls_source.h"
#include "support/decrypt.h"
#include "support/golden.h"
#include "support/hex.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Method = HlsEncryption::Method;
using Container = HlsOptions::Container;

constexpr auto kKey = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr auto kIv = "000102030405060708090a0b0c0d0e0f";

support::Block block(const Bytes& bytes) {
  support::Block out{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), out.size()), out.begin());
  return out;
}

class Encryption : public Publisher {
 protected:
  Encryption() { options.encryption.method = Method::kAes128; }

  void take_key(const std::string& text) {
    std::ofstream(folder / "in.key", std::ios::binary) << text;
    options.encryption.key_file = folder / "in.key";
  }
  /// The key file each segment of a playlist is for, "" for none.
  std::vector<std::string> keys_of(const std::string& playlist) const {
    std::vector<std::string> out;
    std::string now;
    std::istringstream lines(store.text(playlist));
    for (std::string line; std::getline(lines, line);) {
      const auto uri = line.find("URI=\"");
      if (line.starts_with("#EXT-X-KEY:METHOD=NONE"))
        now.clear();
      else if (line.starts_with("#EXT-X-KEY:"))
        now = line.substr(uri + 5, line.find('"', uri + 5) - uri - 5);
      else if (line.starts_with("seg-"))
        out.push_back(now);
    }
    return out;
  }
  /// What is in the store when the same is published without encryption.
  std::map<std::string, Bytes> published_clear() {
    const auto before = options.encryption;
    options.encryption = {};
    empty_store();
    EXPECT_THAT(run(8), IsOk());
    options.encryption = before;
    auto out = store.files();
    empty_store();
    return out;
  }
  void empty_store() {
    for (const auto& [name, bytes] : store.files()) (void)store.remove(name);
    source = Source();
  }

  support::TempFolder folder;
};

TEST_F(Encryption, EverySegmentDecryptsToTheClearOneByItsKeyAndSequenceNumber) {
  for (const auto container : {Container::kFmp4, Container::kTs}) {
    options.container = container;
    options.encryption.rotation.segments = 2;
    const auto clear = published_clear();
    ASSERT_THAT(run(8), IsOk());
    const auto files = store.files();
    int compared = 0;
    for (const auto& [name, bytes] : clear) {
      const auto at = name.find("/seg-");
      if (at == std::string::npos) continue;
      const auto number = std::stoul(name.substr(at + 5, 5));
      const auto key = block(files.at(number < 2 ? "key-00000.key" : "key-00002.key"));
      EXPECT_EQ(support::decrypt_padded(key, hls::sequence_iv(number), files.at(name)), bytes)
          << name;
      ++compared;
    }
    EXPECT_EQ(compared, 12);
    if (container == Container::kFmp4) {
      EXPECT_EQ(files.at("720p/init.mp4"), clear.at("720p/init.mp4"));
    }
  }
}

TEST_F(Encryption, AnIvThatCameWithTheKeyIsToldAndUsed) {
  take_key(std::string(kKey) + kIv);
  const auto clear = published_clear();
  ASSERT_THAT(run(8), IsOk());
  EXPECT_THAT(store.text("audio/index.m3u8"),
              HasSubstr("#EXT-X-KEY:METHOD=AES-128,URI=\"../key-00000.key\",IV=0x" +
                        std::string(kIv) + "\n"));
  EXPECT_EQ(support::decrypt_padded(block(support::from_hex(kKey)), block(support::from_hex(kIv)),
                                    store.files().at("audio/seg-00001.m4s")),
            clear.at("audio/seg-00001.m4s"));
}

TEST_F(Encryption, SamplesInTransportStreamAreAnnouncedWithTheirIvAndTheLeadEndsInABreak) {
  options.encryption.method = Method::kSampleAes;
  options.container = Container::kTs;
  options.encryption.rotation.segments = 2;
  options.encryption.clear_lead = 2s;
  ASSERT_THAT(run(10), IsOk());
  support::expect_golden("hls/publisher_vod_sample_aes.m3u8", store.text("360p/index.m3u8"));
  EXPECT_EQ(keys_of("audio/index.m3u8"), keys_of("360p/index.m3u8"));
  EXPECT_THAT(store.text("master.m3u8"), HasSubstr("#EXT-X-VERSION:5\n"));
  EXPECT_THAT(store.text("master.m3u8"),
              HasSubstr("#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"key-00001.key\",IV=0x"));
}

TEST_F(Encryption, SamplesInFragmentsHaveAnInitSectionForEachKey) {
  options.encryption.method = Method::kCbcs;
  options.encryption.rotation.segments = 2;
  options.encryption.clear_lead = 2s;
  ASSERT_THAT(run(10), IsOk());
  support::expect_golden("hls/publisher_vod_cbcs.m3u8", store.text("360p/index.m3u8"));
  EXPECT_EQ(keys_of("audio/index.m3u8"), keys_of("360p/index.m3u8"));
  EXPECT_THAT(names(), Contains("audio/init-2.mp4"));
}

TEST_F(Encryption, LiveKeepsTheInitSectionOfEveryKeyItLists) {
  options.type = Type::kLive;
  options.window = 6s;
  options.encryption.method = Method::kCbcs;
  options.encryption.rotation.segments = 2;
  ASSERT_THAT(open(), IsOk());
  for (std::int64_t n = 0; n < 60; ++n) {
    ASSERT_THAT(push(n, n + 1), IsOk());
    const auto files = store.files();
    const auto playlist = hls::read_playlist(store.text("720p/index.m3u8"));
    if (!playlist) continue;  // not there yet
    for (const auto& map : playlist->media()->maps)
      EXPECT_TRUE(files.contains("720p/" + map.uri)) << n << ' ' << map.uri;
  }
  EXPECT_THAT(names(), Not(Contains("720p/init.mp4")));
  ASSERT_THAT(publisher->finish(), IsOk());
}

TEST_F(Encryption, ForFairplayTheServerGivesTheIvAndThePlaylistNamesTheFormat) {
  options.encryption.method = Method::kSampleAes;
  options.container = Container::kTs;
  options.encryption.key_uri = "skd://asset/{number}";
  take_key(kKey);
  EXPECT_THAT(run(4), FailsWith(Code::kIo, HasSubstr("lacks its IV")));
  take_key(std::string(kKey) + kIv);
  source = Source();
  ASSERT_THAT(run(4), IsOk());
  EXPECT_THAT(store.text("720p/index.m3u8"),
              HasSubstr("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://asset/0\",KEYFORMAT=\"com.apple."
                        "streamingkeydelivery\",KEYFORMATVERSIONS=\"1\"\n"));
  EXPECT_THAT(store.private_names, IsEmpty());
}

TEST_F(Encryption, ACodecWithoutAFormIsRefusedWithWhatToUse) {
  options.encryption.method = Method::kSampleAes;
  options.container = Container::kTs;
  auto tracks = source.tracks();
  const_cast<AVCodecParameters&>(*tracks[1].par).codec_id = AV_CODEC_ID_HEVC;
  EXPECT_THAT(
      HlsPublisher::open(tracks, options, services()),
      FailsWith(Code::kUnsupported, HasSubstr("'720p': sample-aes has no form for hevc: use")));
  options.encryption.method = Method::kCbcs;
  options.container = Container::kFmp4;
  const_cast<AVCodecParameters&>(*tracks[1].par).codec_id = AV_CODEC_ID_AV1;
  EXPECT_THAT(HlsPublisher::open(tracks, options, services()),
              FailsWith(Code::kUnsupported, HasSubstr("use --encrypt aes-128")));
}

TEST_F(Encryption, VodPlaylistsWithRotationAndAClearLead) {
  options.encryption.rotation.segments = 2;
  options.encryption.clear_lead = 2s;
  ASSERT_THAT(run(10), IsOk());
  support::expect_golden("hls/publisher_vod_aes128.m3u8", store.text("720p/index.m3u8"));
  EXPECT_THAT(store.text("master.m3u8"),
              HasSubstr("#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"key-00001.key\"\n"));
  EXPECT_EQ(store.files().at("key-00001.key"),
            support::from_hex("0102030405060708090a0b0c0d0e0f10"));
}

TEST_F(Encryption, AllRenditionsHaveTheSameKeyForTheSameNumber) {
  options.encryption.rotation.duration = 4s;
  options.encryption.clear_lead = 1s;
  ASSERT_THAT(run(20), IsOk());
  const auto keys = keys_of("720p/index.m3u8");
  EXPECT_THAT(keys, ElementsAre("", "../key-00001.key", "../key-00001.key", "../key-00003.key",
                                "../key-00003.key", "../key-00005.key", "../key-00005.key",
                                "../key-00007.key", "../key-00007.key", "../key-00009.key"));
  EXPECT_EQ(keys_of("360p/index.m3u8"), keys);
  EXPECT_EQ(keys_of("audio/index.m3u8"), keys);
}

TEST_F(Encryption, KeysArePrivateAndThereBeforeAnySegmentThatNeedsThem) {
  options.type = Type::kLive;
  options.encryption.rotation.segments = 1;
  ASSERT_THAT(run(8), IsOk());
  const auto place = [&](const std::string& name) {
    return std::find(store.puts.begin(), store.puts.end(), name) - store.puts.begin();
  };
  for (int n = 0; n < 4; ++n) {
    const std::string key = fmt::format("key-{:05}.key", n);
    EXPECT_TRUE(store.private_names.contains(key)) << key;
    for (const auto* rendition : {"720p", "360p", "audio"})
      EXPECT_LT(place(key), place(fmt::format("{}/seg-{:05}.m4s", rendition, n)));
  }
  EXPECT_EQ(store.private_names.size(), 4u);
}

TEST_F(Encryption, LiveKeepsTheKeysOfWhatItListsAndRemovesThoseNobodyNeeds) {
  options.type = Type::kLive;
  options.window = 6s;
  options.encryption.rotation.segments = 2;
  ASSERT_THAT(open(), IsOk());
  for (std::int64_t n = 0; n < 80; ++n) {
    ASSERT_THAT(push(n, n + 1), IsOk());
    const auto files = store.files();
    for (const auto* rendition : {"720p", "360p", "audio"})
      for (const auto& key : keys_of(fmt::format("{}/index.m3u8", rendition)))
        EXPECT_TRUE(files.contains(key.substr(3))) << n << ' ' << key;
  }
  const auto names = this->names();
  EXPECT_THAT(names, Not(Contains("key-00000.key")));
  EXPECT_LE(std::count_if(names.begin(), names.end(),
                          [](const auto& name) { return name.starts_with("key-"); }),
            7);
  // Whoever joins now is told of the newest one.
  EXPECT_THAT(store.text("master.m3u8"), HasSubstr("SESSION-KEY:METHOD=AES-128,URI=\"" +
                                                   keys_of("720p/index.m3u8").back().substr(3)));
  ASSERT_THAT(publisher->finish(), IsOk());
}

TEST_F(Encryption, AKeyFileThatPlayersGetElsewhereIsNotPut) {
  take_key(kKey);
  options.encryption.key_uri = "https://keys.example/{number}?f={name}";
  ASSERT_THAT(run(4), IsOk());
  EXPECT_THAT(store.private_names, IsEmpty());
  EXPECT_THAT(store.text("720p/index.m3u8"),
              HasSubstr("URI=\"https://keys.example/0?f=key-00000.key\""));
  EXPECT_THAT(store.text("master.m3u8"),
              HasSubstr("URI=\"https://keys.example/0?f=key-00000.key\""));
}

TEST_F(Encryption, AGeneratedKeyIsPutWhateverItsUri) {
  options.encryption.key_uri = "keys/{name}";
  ASSERT_THAT(run(4), IsOk());
  EXPECT_THAT(store.private_names, ElementsAre("key-00000.key"));
  EXPECT_THAT(store.text("720p/index.m3u8"), HasSubstr("URI=\"../keys/key-00000.key\""));
}

TEST_F(Encryption, ACommandIsToldWhichKeyIsWantedAndPrintsIt) {
  options.encryption.key_command = {"printf", "%030d%02d", "0", "{number}"};
  options.encryption.rotation.segments = 2;
  ASSERT_THAT(run(8), IsOk());
  EXPECT_EQ(store.files().at("key-00002.key"),
            support::from_hex("00000000000000000000000000000002"));
}

TEST_F(Encryption, ACommandThatFailsEndsAVodAndLeavesNothing) {
  options.encryption.key_command = {"sh", "-c", "test {number} = 0 && printf " + std::string(kKey)};
  options.encryption.rotation.segments = 2;
  EXPECT_THAT(run(8), FailsWith(Code::kIo, HasSubstr("key command: 'sh' ended with status 1")));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Encryption, ACommandThatFailsInALiveStreamLeavesTheKeyAsItIsAndIsAskedAgain) {
  options.type = Type::kEvent;
  options.encryption.key_command = {
      "sh", "-c", "test {number} -ne 2 -a {number} -ne 3 && printf %032d {number}"};
  options.encryption.rotation.segments = 2;
  ASSERT_THAT(run(12), IsOk());
  EXPECT_THAT(keys_of("720p/index.m3u8"),
              ElementsAre("../key-00000.key", "../key-00000.key", "../key-00000.key",
                          "../key-00000.key", "../key-00004.key", "../key-00004.key"));
  EXPECT_THAT(words.warnings, ElementsAre(HasSubstr("no new key, the one in force stays: key "
                                                    "command: 'sh' ended with status 1")));
}

TEST_F(Encryption, ACommandThatHangsHoldsALiveStreamUpForHalfASegmentOnly) {
  options.type = Type::kLive;
  options.segment = 200ms;  // for what a command may take
  options.encryption.key_command = {"sh", "-c",
                                    "test {number} = 0 || sleep 60; printf %032d {number}"};
  options.encryption.rotation.segments = 1;
  ASSERT_THAT(run(2), IsOk());
  EXPECT_THAT(words.warnings, Contains(HasSubstr("'sh' did not end within 100 ms")));
}

TEST_F(Encryption, ALiveStreamDoesNotBeginWithoutItsKey) {
  options.type = Type::kLive;
  options.encryption.key_command = {"false"};
  EXPECT_THAT(run(4), FailsWith(Code::kIo, HasSubstr("key command")));
}

TEST_F(Encryption, AKeyThatIsNoneIsRefusedBeforeAnythingIsWritten) {
  take_key("too short");
  EXPECT_THAT(open(), FailsWith(Code::kIo, HasSubstr("in.key': a key is 16 bytes")));
  options.encryption.key_file = folder / "missing";
  EXPECT_THAT(open(), FailsWith(Code::kIo, HasSubstr("missing")));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Encryption, TheSameKeyGivesTheSameBytes) {
  take_key(kKey);
  ASSERT_THAT(run(4), IsOk());
  const auto first = store.files();
  source = Source();
  ASSERT_THAT(run(4), IsOk());
  EXPECT_EQ(store.files(), first);
}

TEST_F(Encryption, AFailingStoreLeavesNoKeyBehind) {
  store_fails_at_each_of(14);
}

TEST_F(Encryption, ContradictionsAreRefusedWithWhatToUse) {
  const auto refused = [&](const char* what) {
    EXPECT_THAT(open(), FailsWith(Code::kUsage, HasSubstr(what)));
  };
  HlsEncryption& chosen = options.encryption;
  chosen = {};
  chosen.clear_lead = 1s;
  refused("add --encrypt");
  chosen.method = Method::kAes128;
  EXPECT_THAT(open(), IsOk());
  chosen.key_command = {"b"};
  chosen.key_file = "a";
  refused("use one");
  chosen.key_command.clear();
  chosen.rotation.segments = 1;
  refused("use --key-command");
  chosen.key_file.clear();
  chosen.key_uri = "https://a/b";
  refused("{name} or {number}");
  chosen.key_uri = "https://a/{number}";
  EXPECT_THAT(open(), IsOk());
  chosen.key_uri = "skd://a/{number}";
  refused("use --encrypt cbcs or sample-aes");
  chosen.method = Method::kSampleAes;
  refused("use --encrypt cbcs with --type fmp4");
  options.container = Container::kTs;
  refused("use --key or --key-command");
  chosen.method = Method::kCbcs;
  refused("use --encrypt sample-aes with --type ts");
}

TEST(KeyRotationOption, IsANumberOfSegmentsOrADuration) {
  EXPECT_EQ(parse_key_rotation("10")->segments, 10);
  EXPECT_EQ(parse_key_rotation("10")->duration, 0s);
  EXPECT_EQ(parse_key_rotation("90s")->duration, 90s);
  EXPECT_EQ(parse_key_rotation("1.5m")->duration, 90s);
  for (const char* text : {"", "0", "-1", "0s", "ten", "10 segments"})
    EXPECT_THAT(parse_key_rotation(text), FailsWith(Code::kUsage, HasSubstr("number of segments")))
        << text;
}

}  // namespace
}  // namespace weir::publish
