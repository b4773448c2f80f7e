#include "edge/hls_origin.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/gzip.h"
#include "net/event_loop.h"
#include "support/fake_clock.h"
#include "support/http_peer.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlaylist = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n";

class HlsOriginTest : public testing::Test {
 protected:
  HlsOriginTest() {
    fs::create_directories(root() / "720p");
    write("main.m3u8", "#EXTM3U\n");
    write("720p/video.m3u8", kPlaylist);
    write("720p/1.m4s", "0123456789");
    write(".hls-segment.json", "state");
    write("720p/.2.m4s.tmp", "unfinished");
    std::ofstream(folder_.path() / "secret") << "secret";
    origin_ = std::move(
        *HlsOrigin::open({.prefix = "/hls/", .root = root().string()}, loop_.context(), clock_));
    routes_.add("/hls", *origin_);
    server_ = std::move(*HttpServer::open({.doors = {{.port = 0}}}, routes_, clock_));
  }
  ~HlsOriginTest() override { loop_.stop(); }
  fs::path root() const { return folder_.path() / "root"; }
  // As packagers do it: whole, or not there.
  void write(const std::string& name, std::string_view bytes) const {
    const fs::path file = root() / name;
    std::ofstream(root() / ".new") << bytes;
    fs::rename(root() / ".new", file);
  }
  // The folder tells of a change a moment later.
  std::string get_until(const std::string& path, const std::string& end) const {
    std::string answer;
    for (int i = 0; i < 1000 && !answer.ends_with(end); ++i) answer = get(path);
    return answer;
  }
  // Head without the date, and content.
  std::string ask(const std::string& method, const std::string& path,
                  const std::string& fields = {}) const {
    const support::HttpPeer peer(server_->port());
    peer.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields +
              "\r\n");
    return peer.read_all();
  }
  std::string get(const std::string& path, const std::string& fields = {}) const {
    return ask("GET", path, fields);
  }
  std::string status(const std::string& path, const std::string& fields = {}) const {
    return get(path, fields).substr(9, 3);
  }
  static std::string field(const std::string& answer, const std::string& name) {
    const auto at = answer.find("\r\n" + name + ": ");
    if (at == answer.npos) return "";
    const auto begin = at + name.size() + 4;
    return answer.substr(begin, answer.find("\r\n", begin) - begin);
  }
  static std::string content(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }

  support::TempFolder folder_;
  support::FakeClock clock_;
  net::EventLoop loop_;
  std::unique_ptr<HlsOrigin> origin_;
  HttpRoutes routes_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HlsOriginTest, ASegmentMayBeKeptForEver) {
  const std::string answer = get("/hls/720p/1.m4s?any=thing");
  EXPECT_EQ(answer.substr(9, 6), "200 OK");
  EXPECT_EQ(content(answer), "0123456789");
  EXPECT_EQ(field(answer, "Content-Type"), "video/iso.segment");
  EXPECT_EQ(field(answer, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(field(answer, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(field(answer, "Accept-Ranges"), "bytes");
}

TEST_F(HlsOriginTest, APlaylistMayBeKeptForHalfATargetDuration) {
  const std::string answer = get("/hls/720p/video.m3u8");
  EXPECT_EQ(content(answer), kPlaylist);
  EXPECT_EQ(field(answer, "Content-Type"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(field(answer, "Cache-Control"), "max-age=3");
  EXPECT_EQ(field(answer, "Vary"), "Accept-Encoding");
  EXPECT_EQ(field(get("/hls/main.m3u8"), "Cache-Control"), "no-cache");
}

TEST_F(HlsOriginTest, APlaylistIsSentAsGzipToWhomTakesIt) {
  const std::string text = std::string(kPlaylist) + std::string(500, '#') + "\n";
  write("720p/long.m3u8", text);
  const std::string answer = get("/hls/720p/long.m3u8", "Accept-Encoding: br, gzip\r\n");
  EXPECT_EQ(field(answer, "Content-Encoding"), "gzip");
  EXPECT_EQ(field(answer, "Content-Type"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(field(answer, "Cache-Control"), "max-age=3");
  EXPECT_EQ(content(answer), as_text(gzip(as_bytes(text))));
  const std::string plain = get("/hls/720p/long.m3u8");
  EXPECT_EQ(content(plain), text);
  EXPECT_NE(field(plain, "ETag"), field(answer, "ETag"));
  // Of a part the plain one is meant, and what is short stays as it is.
  const std::string part =
      get("/hls/720p/long.m3u8", "Accept-Encoding: gzip\r\nRange: bytes=0-6\r\n");
  EXPECT_EQ(content(part), "#EXTM3U");
  EXPECT_EQ(content(get("/hls/720p/video.m3u8", "Accept-Encoding: gzip\r\n")), kPlaylist);
}

TEST_F(HlsOriginTest, WhatChangesIsSeen) {
  for (const std::string name : {"720p/video.m3u8", "720p/1.m4s"}) {
    std::string tag;
    for (const std::string text : {"#EXTM3U\n#1", "#EXTM3U\n#2", "#EXTM3U\n#3"}) {
      write(name, text);
      const std::string answer = get_until("/hls/" + name, text);
      EXPECT_EQ(content(answer), text);
      EXPECT_NE(field(answer, "ETag"), tag);
      tag = field(answer, "ETag");
    }
    fs::remove(root() / name);
    EXPECT_EQ(get_until("/hls/" + name, "404 Not Found\n").substr(9, 3), "404");
  }
}

TEST_F(HlsOriginTest, AFolderThatMovesTakesItsFilesAlong) {
  fs::create_directories(root() / "a/b");
  write("a/b/1.m4s", "old");
  EXPECT_EQ(content(get("/hls/a/b/1.m4s")), "old");
  fs::rename(root() / "a", root() / "c");
  EXPECT_EQ(get_until("/hls/a/b/1.m4s", "404 Not Found\n").substr(9, 3), "404");
  EXPECT_EQ(content(get("/hls/c/b/1.m4s")), "old");
  fs::create_directories(root() / "a/b");
  write("a/b/1.m4s", "new");
  EXPECT_EQ(content(get_until("/hls/a/b/1.m4s", "new")), "new");
  write("c/b/1.m4s", "newer");
  EXPECT_EQ(content(get_until("/hls/c/b/1.m4s", "newer")), "newer");
  fs::remove_all(root() / "c");
  EXPECT_EQ(get_until("/hls/c/b/1.m4s", "404 Not Found\n").substr(9, 3), "404");
}

TEST_F(HlsOriginTest, PartsOfFiles) {
  const std::string answer = get("/hls/720p/1.m4s", "Range: bytes=2-4\r\n");
  EXPECT_EQ(answer.substr(9, 3), "206");
  EXPECT_EQ(field(answer, "Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(content(answer), "234");
  const std::string beyond = get("/hls/720p/1.m4s", "Range: bytes=10-\r\n");
  EXPECT_EQ(beyond.substr(9, 3), "416");
  EXPECT_EQ(field(beyond, "Content-Range"), "bytes */10");
}

TEST_F(HlsOriginTest, WhatTheClientHasIsNotSentAgain) {
  const std::string first = get("/hls/720p/1.m4s");
  const std::string again =
      get("/hls/720p/1.m4s", "If-None-Match: " + field(first, "ETag") + "\r\n");
  EXPECT_EQ(again.substr(9, 16), "304 Not Modified");
  EXPECT_EQ(field(again, "ETag"), field(first, "ETag"));
  EXPECT_EQ(field(again, "Cache-Control"), field(first, "Cache-Control"));
  EXPECT_EQ(content(again), "");
  EXPECT_EQ(
      status("/hls/720p/1.m4s", "If-Modified-Since: " + field(first, "Last-Modified") + "\r\n"),
      "304");
  write("720p/1.m4s", "changed");
  get_until("/hls/720p/1.m4s", "changed");
  EXPECT_EQ(status("/hls/720p/1.m4s", "If-None-Match: " + field(first, "ETag") + "\r\n"), "200");
}

TEST_F(HlsOriginTest, APlaylistIsNotTakenForUnchangedByItsDate) {
  const std::string first = get("/hls/720p/video.m3u8");
  const auto asked = [&](const std::string& name, const std::string& value) {
    return status("/hls/720p/video.m3u8", name + ": " + field(first, value) + "\r\n");
  };
  EXPECT_EQ(asked("If-None-Match", "ETag"), "304");
  EXPECT_EQ(asked("If-Modified-Since", "Last-Modified"), "200");
}

TEST_F(HlsOriginTest, AHeadTellsTheSameWithoutContent) {
  const std::string answer = ask("HEAD", "/hls/720p/1.m4s");
  EXPECT_EQ(field(answer, "Content-Length"), "10");
  EXPECT_EQ(content(answer), "");
}

TEST_F(HlsOriginTest, PagesOfOtherOriginsMayAskAndNobodyMayWrite) {
  const std::string preflight = ask("OPTIONS", "/hls/720p/1.m4s");
  EXPECT_EQ(preflight.substr(9, 3), "204");
  EXPECT_EQ(field(preflight, "Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
  const std::string put = ask("PUT", "/hls/720p/1.m4s");
  EXPECT_EQ(put.substr(9, 3), "405");
  EXPECT_EQ(field(put, "Allow"), "GET, HEAD, OPTIONS");
}

TEST_F(HlsOriginTest, NothingOutsideTheFolder) {
  fs::create_symlink(folder_.path() / "secret", root() / "link.m4s");
  fs::create_directory_symlink(folder_.path(), root() / "out");
  fs::create_directory_symlink(root() / "720p", root() / "inside");
  for (const std::string path :
       {"/hls/../secret", "/hls/%2e%2e/secret", "/hls/%2E./secret", "/hls/720p/../../secret",
        "/hls/..%2fsecret", "/hls//etc/passwd", "/hls/link.m4s", "/hls/out/secret",
        "/hls/inside/1.m4s", "/hls/720p/1.m4s%00", "/hls/720p/1.m4s/", "/hls/..\\secret"})
    EXPECT_EQ(status(path), "404") << path;
}

TEST_F(HlsOriginTest, NoFoldersNoStateNothingUnfinishedAndNoDevices) {
  ::mkfifo((root() / "pipe.m4s").c_str(), 0600);
  // Where that may not be made there is none.
  static_cast<void>(::mknod((root() / "device.m4s").c_str(), S_IFCHR | 0600, makedev(1, 5)));
  write("720p/3.m4s.tmp", "unfinished");
  for (const std::string path :
       {"/hls", "/hls/", "/hls/720p", "/hls/720p/", "/hls/nothing.m4s", "/hls/.hls-segment.json",
        "/hls/720p/.2.m4s.tmp", "/hls/pipe.m4s", "/hls/720p/3.m4s.tmp", "/hls/device.m4s"})
    EXPECT_EQ(status(path), "404") << path;
}

TEST_F(HlsOriginTest, AnEmptyFileIsEmpty) {
  write("720p/2.m4s", "");
  EXPECT_EQ(field(get("/hls/720p/2.m4s"), "Content-Length"), "0");
  EXPECT_EQ(status("/hls/720p/2.m4s", "Range: bytes=0-\r\n"), "416");
}

TEST(HlsOrigin, NamesTheFolderItCannotOpen) {
  net::EventLoop loop;
  const auto opened =
      HlsOrigin::open({.prefix = "/", .root = "/nowhere"}, loop.context(), Clock::system());
  EXPECT_EQ(opened.error().what, "cannot open '/nowhere': no such file");
}

}  // namespace
}  // namespace weir::edge
