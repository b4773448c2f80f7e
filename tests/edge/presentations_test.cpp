#include "edge/presentations.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "edge/presentations_http.h"
#include "support/fake_clock.h"
#include "support/http_peer.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

namespace fs = std::filesystem;
using support::FailsWith;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view kMultivariant =
    "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n360p/index.m3u8\n";
constexpr std::string_view kMedia = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n";

class PresentationsTest : public ::testing::Test {
 protected:
  void write(const std::string& name, std::string_view text) const {
    fs::create_directories((folder.path() / name).parent_path());
    std::ofstream(folder.path() / name) << text;
  }
  std::vector<Presentation> list() const {
    return PresentationFolder::open("/hls/", folder.path().string())->list();
  }

  support::TempFolder folder;
};

TEST_F(PresentationsTest, IsWhatAMultivariantPlaylistBegins) {
  write("master.m3u8", kMultivariant);
  write("360p/index.m3u8", kMedia);
  write("360p/seg-00001.m4s", "");
  EXPECT_THAT(list(), ElementsAre(Presentation{"hls", "/hls/master.m3u8"}));
}

TEST_F(PresentationsTest, AreFoundInTheFoldersBelow) {
  write("b/master.m3u8", kMultivariant);
  write("a talk/day 1/master.m3u8", kMultivariant);
  write("a talk/day 1/360p/index.m3u8", kMedia);
  write("notes/readme.txt", "");
  EXPECT_THAT(list(),
              ElementsAre(Presentation{"hls/a talk/day 1", "/hls/a%20talk/day%201/master.m3u8"},
                          Presentation{"hls/b", "/hls/b/master.m3u8"}));
}

TEST_F(PresentationsTest, OfTwoInAFolderEachHasItsName) {
  write("x/de.m3u8", kMultivariant);
  write("x/en.m3u8", kMultivariant);
  EXPECT_THAT(list(), ElementsAre(Presentation{"hls/x/de.m3u8", "/hls/x/de.m3u8"},
                                  Presentation{"hls/x/en.m3u8", "/hls/x/en.m3u8"}));
}

TEST_F(PresentationsTest, AMediaPlaylistCountsWhereThereIsNoOther) {
  write("alone/index.m3u8", kMedia);
  write("both/index.m3u8", kMedia);
  write("both/master.m3u8", kMultivariant);
  EXPECT_THAT(list(), ElementsAre(Presentation{"hls/alone", "/hls/alone/index.m3u8"},
                                  Presentation{"hls/both", "/hls/both/master.m3u8"}));
}

TEST_F(PresentationsTest, WhatIsNoPlaylistOrHiddenIsNot) {
  write("a/empty.m3u8", "");
  write("a/text.m3u8", "no playlist\n#EXT-X-STREAM-INF:BANDWIDTH=1\n");
  write(".hidden/master.m3u8", kMultivariant);
  write("b/.master.m3u8", kMultivariant);
  fs::create_directories(folder.path() / "c" / "folder.m3u8");
  EXPECT_THAT(list(), IsEmpty());
}

TEST_F(PresentationsTest, LinksLeadNowhere) {
  const support::TempFolder other;
  std::ofstream(other.path() / "master.m3u8") << kMultivariant;
  fs::create_directory_symlink(other.path(), folder.path() / "linked");
  fs::create_directory(folder.path() / "a");
  fs::create_symlink(other.path() / "master.m3u8", folder.path() / "a" / "master.m3u8");
  EXPECT_THAT(list(), IsEmpty());
}

TEST_F(PresentationsTest, IsLookedForFourFoldersDeep) {
  write("1/2/3/4/master.m3u8", kMultivariant);
  write("a/b/c/d/e/master.m3u8", kMultivariant);
  EXPECT_THAT(list(), ElementsAre(Presentation{"hls/1/2/3/4", "/hls/1/2/3/4/master.m3u8"}));
}

TEST_F(PresentationsTest, AThousandAreEnough) {
  for (int i = 0; i < 1'010; ++i) write("x/" + std::to_string(i) + ".m3u8", kMultivariant);
  EXPECT_EQ(list().size(), 1'000U);
}

TEST_F(PresentationsTest, AFolderThatIsNotThereIsSaid) {
  EXPECT_THAT(PresentationFolder::open("/hls", folder / "none"),
              FailsWith(Code::kIo, HasSubstr("none")));
}

TEST_F(PresentationsTest, AreToldOverHttpAndLookedForOnceInASecond) {
  support::FakeClock clock;
  std::vector<PresentationFolder> folders;
  folders.push_back(*PresentationFolder::open("/hls", folder.path().string()));
  PresentationsHttp handler(std::move(folders), clock);
  HttpRoutes routes;
  routes.add("/presentations", handler);
  const auto server = std::move(*HttpServer::open({.doors = {{.port = 0}}}, routes, clock));
  const auto ask = [&](const std::string& method, const std::string& path) {
    const support::HttpPeer peer(server->port());
    peer.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return peer.read_all();
  };
  EXPECT_THAT(ask("GET", "/presentations"), HasSubstr("{\"version\":1,\"presentations\":[]}"));
  write("master.m3u8", kMultivariant);
  EXPECT_THAT(ask("GET", "/presentations"), HasSubstr("[]"));
  clock.advance(std::chrono::seconds(1));
  EXPECT_THAT(ask("GET", "/presentations"),
              HasSubstr("[{\"name\":\"hls\",\"url\":\"/hls/master.m3u8\"}]"));
  EXPECT_THAT(ask("POST", "/presentations"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(ask("GET", "/presentations/x"), StartsWith("HTTP/1.1 404 "));
}

}  // namespace
}  // namespace weir::edge
