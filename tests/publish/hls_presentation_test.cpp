// What a presentation file says, and what becomes of it in playlists.
#include "publish/hls_presentation.h"

#include <regex>

#include <gmock/gmock.h>

#include "publish/hls_multivariant.h"
#include "publish/hls_source.h"
#include "support/golden.h"

namespace weir::publish {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::_;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kAll = R"(
[start]
offset = "-18s"
precise = true
[[define]]
name = "host"
value = "example.org"
[[define]]
query = "token"
[[session_data]]
id = "org.example.title"
value = "Ein Film"
language = "de"
[[session_data]]
id = "org.example.title"
value = "A film"
language = "en"
[[session_data]]
id = "org.example.cast"
uri = "https://{$host}/cast.bin"
format = "raw"
[[pathway]]
id = "CDN-A"
base = "https://a.{$host}/{$token}"
[[pathway]]
id = "CDN-B"
base = ""
[steering]
server = "https://{$host}/steer?t={$token}"
pathway = "CDN-B"
[[rendition]]
name = "720p"
score = 2.5
[[rendition]]
name = "360p"
score = 1
stable_id = "small"
[[rendition]]
name = "audio"
label = "Describer"
language = "de"
characteristics = ["public.accessibility.describes-video", "public.easy-to-read"]
autoselect = false
)";

class Presentation : public Publisher {
 protected:
  void give(std::string_view text) {
    auto read = parse_presentation(text, "p.toml");
    ASSERT_THAT(read, IsOk());
    options.presentation = std::move(*read);
  }
};

TEST_F(Presentation, IsSaidInTheMultivariantPlaylist) {
  give(kAll);
  ASSERT_THAT(run(4), IsOk());
  support::expect_golden(
      "hls/presentation.m3u8",
      std::regex_replace(store.text("master.m3u8"), std::regex("BANDWIDTH=[0-9]+"), "BANDWIDTH=0"));
}

TEST_F(Presentation, AStartStandsInEveryMediaPlaylistAndStaysAfterARestart) {
  options.type = Type::kLive;
  options.iframes = true;
  give("[start]\noffset = \"-18s\"\nprecise = true\n");
  const std::string tag = "#EXT-X-START:TIME-OFFSET=-18.000,PRECISE=YES\n";
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(0, 8), IsOk());
  publisher.reset();  // killed
  ASSERT_THAT(open(), IsOk());
  ASSERT_THAT(push(8, 16), IsOk());
  for (const auto* name : {"720p/index.m3u8", "360p/index.m3u8", "audio/index.m3u8"})
    EXPECT_THAT(store.text(name), AllOf(HasSubstr(tag), HasSubstr("#EXT-X-DISCONTINUITY\n")));
  EXPECT_THAT(store.text("720p/iframes.m3u8"), Not(HasSubstr("START")));
  EXPECT_THAT(store.text("master.m3u8"), Not(HasSubstr("START")));
}

TEST_F(Presentation, WritesTheSteeringManifestWhenThereIsNoServer) {
  give(
      "[[pathway]]\nid = \"a\"\nbase = \"./\"\n[[pathway]]\nid = \"b\"\nbase = \"../b\"\n"
      "[steering]\npathway = \"b\"\nttl = 10\n");
  ASSERT_THAT(run(4), IsOk());
  EXPECT_EQ(store.text("steering.json"),
            "{\"VERSION\":1,\"TTL\":10,\"PATHWAY-PRIORITY\":[\"b\",\"a\"]}\n");
  EXPECT_THAT(store.text("master.m3u8"),
              HasSubstr("#EXT-X-CONTENT-STEERING:SERVER-URI=\"steering.json\",PATHWAY-ID=\"b\""));
}

TEST_F(Presentation, ANewRunSaysTheSameAndWhatIsNotSaidChangesNothing) {
  options.type = Type::kLive;
  give("");
  ASSERT_THAT(run(6), IsOk());
  const std::string plain = store.text("master.m3u8");
  EXPECT_THAT(plain, AllOf(Not(HasSubstr("STABLE")), Not(HasSubstr("START")),
                           Not(HasSubstr("DEFINE")), Not(HasSubstr("SCORE"))));
}

TEST_F(Presentation, AMediaPlaylistImportsTheVariablesOfItsKeys) {
  give("[[define]]\nquery = \"token\"\n");
  options.encryption.method = HlsEncryption::Method::kAes128;
  options.encryption.key_uri = "https://example.org/{name}?t={$token}";
  ASSERT_THAT(run(4), IsOk());
  for (const auto* name : {"720p/index.m3u8", "audio/index.m3u8"})
    EXPECT_THAT(store.text(name),
                StartsWith("#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-DEFINE:IMPORT=\"token\"\n"));
  EXPECT_THAT(store.text("master.m3u8"),
              StartsWith("#EXTM3U\n#EXT-X-VERSION:11\n#EXT-X-DEFINE:QUERYPARAM=\"token\"\n"));
}

TEST_F(Presentation, RefusesWhatDoesNotFitTheStream) {
  const auto refused = [&](std::string_view text, const std::string& what) {
    give(text);
    EXPECT_THAT(open(), FailsWith(Code::kUsage, HasSubstr(what))) << text;
  };
  refused("\n[[rendition]]\nname = \"1080p\"\n",
          "p.toml:2: no rendition '1080p': there are 720p, 360p, audio");
  refused("[[rendition]]\nname = \"720p\"\nlabel = \"x\"\n", "'720p' is no sound");
  refused("[[rendition]]\nname = \"audio\"\nscore = 1\n", "'audio' is no variant");
  refused("[[rendition]]\nname = \"720p\"\nscore = 1\n",
          "'720p' has a score and '360p' has none: give it to all or none");
  refused("[[pathway]]\nid = \"a\"\nbase = \"https://{$host}/\"\n",
          "uses the variable host, which no [[define]]");
  options.encryption.method = HlsEncryption::Method::kAes128;
  options.encryption.key_uri = "https://{$keys}/{name}";
  refused("", "uses the variable keys");
}

TEST(ParsePresentation, NamesFileAndLineOfWhatIsWrong) {
  const std::pair<const char*, const char*> bad[] = {
      {"[start", "p.toml:1: "},
      {"\nstart = 3", "p.toml:2: 'start' must be written as [start]"},
      {"[start]\nprecise = true", "p.toml:1: 'offset' is missing"},
      {"[start]\noffset = \"soon\"", "p.toml:2: 'soon' is no offset"},
      {"[start]\noffset = \"--1s\"", "p.toml:2: '--1s' is no offset"},
      {"[start]\noffset = \"1s\"\nprecise = 1", "p.toml:3: 'precise' must be true or false"},
      {"[sesion_data]", "p.toml:1: unknown key 'sesion_data'; did you mean 'session_data'?"},
      {"[session_data]", "p.toml:1: 'session_data' must be written as [[session_data]]"},
      {"[[session_data]]\nid = \"a\"", "p.toml:1: session data has either 'value' or 'uri'"},
      {"[[session_data]]\nid = \"a\"\nvalue = \"\\\"\"", "p.toml:3: 'value' cannot have a quote"},
      {"[[session_data]]\nid = \"a\"\nvalue = \"a\\nb\"", "p.toml:3: 'value' cannot have a quote"},
      {"[[session_data]]\nid = \"a\"\nvalue = \"\"\nformat = \"raw\"",
       "p.toml:4: 'format' is for a 'uri'"},
      {"[[session_data]]\nid = \"a\"\nuri = \"b\"\nformat = \"xml\"", "p.toml:4: 'format' must be"},
      {"[[session_data]]\nid = \"a\"\nvalue = \"1\"\n[[session_data]]\nid = \"a\"\nvalue = \"2\"",
       "p.toml:4: [[session_data]] 'a' is there twice"},
      {"[[define]]\nname = \"a\"", "p.toml:1: a [[define]] has 'name' and 'value', or 'query'"},
      {"[[define]]\nquery = \"a b\"", "p.toml:2: variable 'a b' must be of letters"},
      {"[steering]", "p.toml:1: steering needs a [[pathway]]"},
      {"[[pathway]]\nid = \"a/b\"\nbase = \"\"", "p.toml:2: pathway 'a/b' must be of letters"},
      {"[[pathway]]\nid = \"a\"", "p.toml:1: 'base' is missing"},
      {"[[pathway]]\nid = \"a\"\nbase = \"\"\n[steering]\npathway = \"b\"",
       "p.toml:5: no [[pathway]] is called 'b'"},
      {"[[pathway]]\nid = \"a\"\nbase = \"\"\n[steering]\nserver = \"x\"\nttl = 3",
       "p.toml:6: 'ttl' is for the server"},
      {"[[rendition]]\nscore = 1", "p.toml:1: 'name' is missing"},
      {"[[rendition]]\nname = \"a\"\nscore = -1", "p.toml:3: 'score' must be a number from 0"},
      {"[[rendition]]\nname = \"a\"\ncharacteristics = \"b\"",
       "p.toml:3: 'characteristics' must be a list of texts"},
      {"[[rendition]]\nname = \"a\"\ncharacteristics = [\"b,c\"]",
       "p.toml:3: 'b,c' is no characteristic"},
      {"[[rendition]]\nname = \"a\"\nstable_id = \"b c\"", "p.toml:3: 'b c' must be of letters"},
      {"[[rendition]]\nname = \"a\"\ndefault = true\nautoselect = false",
       "p.toml:4: the default is always"},
  };
  for (const auto& [text, words] : bad)
    EXPECT_THAT(parse_presentation(text, "p.toml"), FailsWith(Code::kUsage, StartsWith(words)))
        << text;
}

TEST(ParsePresentation, AnyBytesAreAnAnswer) {
  std::string text(kAll);
  for (std::size_t i = 0; i < text.size(); ++i) {
    (void)parse_presentation(text.substr(0, i), "p.toml");
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 0x15);
    (void)parse_presentation(changed, "p.toml");
  }
}

TEST(LoadPresentation, TellsWhenTheFileCannotBeRead) {
  EXPECT_THAT(load_presentation("/nowhere/p.toml"),
              FailsWith(Code::kIo, HasSubstr("cannot read '/nowhere/p.toml'")));
}

TEST(ParseOffset, CountsFromTheBeginOrTheEnd) {
  EXPECT_EQ(*parse_offset("90s"), Micros(90'000'000));
  EXPECT_EQ(*parse_offset("-1.5s"), Micros(-1'500'000));
  for (const auto* bad : {"", "-", "+1s", "s", "- 1s"})
    EXPECT_THAT(parse_offset(bad), FailsWith(Code::kUsage, _)) << bad;
}

}  // namespace
}  // namespace weir::publish
