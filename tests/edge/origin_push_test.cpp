// Files that are put into a folder, by sockets and on a disk.
#include "edge/origin_push.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text_file.h"
#include "edge/hls_origin.h"
#include "net/event_loop.h"
#include "support/fake_clock.h"
#include "support/http_peer.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

namespace fs = std::filesystem;
using support::HttpPeer;

constexpr const char* kShow = "Authorization: Bearer right\r\n";
constexpr const char* kAll = "Authorization: Bearer master\r\n";

class OriginPushTest : public testing::Test {
 protected:
  OriginPushTest() {
    fs::create_directories(root());
    OriginOptions options{.prefix = "/hls", .root = root().string()};
    options.push = PushRules{[](std::string_view stream, const rtmp::StreamKey& key) {
                               return (stream == "show" && key.reveal() == "right") ||
                                      (stream == "hls" && key.reveal() == "master");
                             },
                             1000};
    origin_ = std::move(*HlsOrigin::open(options, loop_.context(), clock_));
    routes_.add("/hls", *origin_);
    server_ = std::move(*HttpServer::open({.doors = {{.port = 0}}}, routes_, clock_));
  }
  ~OriginPushTest() override { loop_.stop(); }

  fs::path root() const { return folder_.path() / "root"; }
  std::string read(const std::string& name) const {
    return read_text_file((root() / name).string()).value_or("none");
  }
  static std::string request(const std::string& method, const std::string& path,
                             const std::string& fields, const std::string& content) {
    return fmt::format("{} {} HTTP/1.1\r\nHost: a\r\n{}Content-Length: {}\r\n\r\n{}", method, path,
                       fields, content.size(), content);
  }
  std::string ask(const std::string& method, const std::string& path, const std::string& fields,
                  const std::string& content = {}) const {
    const HttpPeer peer(server_->port());
    return peer.get(request(method, path, fields, content)).substr(9, 3);
  }
  std::string put(const std::string& path, const std::string& content,
                  const std::string& fields = kShow) const {
    return ask("PUT", path, fields, content);
  }
  // Names below the folder, with what is hidden.
  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(fs::recursive_directory_iterator(root()),
                                                  fs::recursive_directory_iterator()));
  }

  support::TempFolder folder_;
  support::FakeClock clock_;
  net::EventLoop loop_;
  std::unique_ptr<HlsOrigin> origin_;
  HttpRoutes routes_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(OriginPushTest, AFileIsThereAndGoesAgain) {
  EXPECT_EQ(put("/hls/show/720p/1.m4s", "first"), "201");
  EXPECT_EQ(read("show/720p/1.m4s"), "first");
  EXPECT_EQ(ask("GET", "/hls/show/720p/1.m4s", ""), "200");
  EXPECT_EQ(put("/hls/show/720p/1.m4s", "second"), "204");
  const HttpPeer peer(server_->port());
  EXPECT_EQ(peer.get("GET /hls/show/720p/1.m4s HTTP/1.1\r\nHost: a\r\n\r\n"),
            "HTTP/1.1 200 OK|second");
  EXPECT_EQ(ask("DELETE", "/hls/show/720p/1.m4s", kShow), "204");
  EXPECT_EQ(ask("GET", "/hls/show/720p/1.m4s", ""), "404");
  EXPECT_EQ(ask("DELETE", "/hls/show/720p/1.m4s", kShow), "404");
  EXPECT_EQ(put("/hls/show/empty.m4s", ""), "201");
  EXPECT_EQ(read("show/empty.m4s"), "");
}

TEST_F(OriginPushTest, OnlyWithTheKeyOfItsStream) {
  for (const std::string fields :
       {"", "Authorization: Bearer wrong\r\n", "Authorization: Bearer\r\n",
        "Authorization: Bearer right2\r\n", "Authorization: Digest right\r\n",
        "Authorization: Basic !!!\r\n", "Authorization: Basic cmlnaHQ=\r\n", "X-Key: right\r\n"}) {
    EXPECT_EQ(put("/hls/show/1.m4s", "x", fields), "401") << fields;
    EXPECT_EQ(ask("DELETE", "/hls/show/1.m4s", fields), "401") << fields;
  }
  EXPECT_EQ(put("/hls/other/1.m4s", "x"), "401");
  EXPECT_EQ(put("/hls/1.m4s", "x"), "401");
  EXPECT_EQ(put("/hls/show", "x"), "401");
  EXPECT_EQ(put("/hls/other/../show/1.m4s", "x"), "401");
  EXPECT_EQ(count(), 0U);
  // any:right, and a user without a name
  EXPECT_EQ(put("/hls/show/1.m4s", "x", "Authorization: Basic YW55OnJpZ2h0\r\n"), "201");
  EXPECT_EQ(put("/hls/show/1.m4s", "x", "authorization: basic OnJpZ2h0\r\n"), "204");
  for (const std::string path : {"/hls/1.m4s", "/hls/other/1.m4s", "/hls/show/2.m4s"})
    EXPECT_EQ(put(path, "x", kAll), "201") << path;
}

TEST_F(OriginPushTest, NothingOutsideAndNothingHidden) {
  fs::create_directories(folder_.path() / "outside");
  std::ofstream(folder_.path() / "outside/file") << "kept";
  fs::create_directory_symlink(folder_.path() / "outside", root() / "link");
  fs::create_symlink(folder_.path() / "outside/file", root() / "file.m4s");
  fs::create_directories(root() / "folder.m4s/x");
  const std::string deep = "/hls/a/b/c/d/e/f/g/h/i/1.m4s";
  for (const std::string path :
       {"/hls/../x.m4s", "/hls/%2e%2e/x.m4s", "/hls/show/..%2fx.m4s", "/hls/.x", "/hls/a/.b/c",
        "/hls/x.tmp", "/hls/", "/hls", "/hls/a/", "/hls/a//b", "/hls/x%00", "/hls/link/x.m4s",
        "/hls/folder.m4s", "/hls/folder.m4s/x", deep.c_str()})
    EXPECT_EQ(put(path, "x", kAll), "403") << path;
  EXPECT_EQ(put("/hls/" + std::string(201, 'x'), "x", kAll), "403");
  EXPECT_EQ(ask("DELETE", "/hls/folder.m4s", kAll), "403");
  EXPECT_EQ(ask("DELETE", "/hls/link/file", kAll), "404");
  // A link is replaced, not followed.
  EXPECT_EQ(put("/hls/file.m4s", "new", kAll), "204");
  EXPECT_EQ(read("file.m4s"), "new");
  EXPECT_EQ(read_text_file((folder_.path() / "outside/file").string()), "kept");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 2);
}

TEST_F(OriginPushTest, WhatIsTooLargeIsRefused) {
  EXPECT_EQ(put("/hls/show/1.m4s", std::string(1000, 'x')), "201");
  EXPECT_EQ(put("/hls/show/2.m4s", std::string(1001, 'x')), "413");
  const HttpPeer peer(server_->port());
  peer.send("PUT /hls/show/3.m4s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" +
            std::string(kShow) + "\r\n");
  for (int i = 0; i < 2; ++i) peer.send("1f5\r\n" + std::string(501, 'x') + "\r\n");
  EXPECT_EQ(peer.next_answer().substr(9, 3), "413");
  EXPECT_EQ(count(), 2U);
}

TEST_F(OriginPushTest, InChunksAndAskedBefore) {
  const HttpPeer peer(server_->port());
  peer.send(
      "PUT /hls/show/1.m4s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
      "Expect: 100-continue\r\n" +
      std::string(kShow) + "\r\n");
  EXPECT_EQ(peer.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("5\r\nhello\r\n");
  peer.send("1\r\n!\r\n0\r\n\r\n");
  EXPECT_EQ(peer.next_answer().substr(9, 3), "201");
  EXPECT_EQ(read("show/1.m4s"), "hello!");
  // Who may not is not asked to send it.
  const HttpPeer other(server_->port());
  other.send(
      "PUT /hls/show/1.m4s HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(other.next_answer().substr(9, 3), "401");
}

TEST_F(OriginPushTest, AConnectionGoesOnBehindIt) {
  const HttpPeer peer(server_->port());
  std::string all;
  for (int i = 0; i < 20; ++i)
    all += request("PUT", fmt::format("/hls/show/{}.m4s", i), kShow, std::string(990, 'a'));
  peer.send(all + "GET /hls/show/7.m4s HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(peer.next_answer().substr(9, 3), "201");
  EXPECT_EQ(peer.next_answer(), "HTTP/1.1 200 OK|" + std::string(990, 'a'));
}

TEST_F(OriginPushTest, WhatBreaksOffLeavesNothing) {
  put("/hls/show/1.m4s", "old");
  const std::string head = "PUT /hls/show/1.m4s HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n";
  {
    const HttpPeer peer(server_->port());
    peer.send(head + kShow + "\r\nnew");
    for (int i = 0; i < 2000 && count() < 3; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(count(), 3U);  // the folder, the file, the unfinished one
    EXPECT_EQ(read("show/1.m4s"), "old");
    EXPECT_EQ(put("/hls/show/1.m4s", "other"), "503");
    EXPECT_EQ(put("/hls/show/2.m4s", "other"), "201");
    EXPECT_EQ(ask("GET", "/hls/show/.1.m4s.tmp", ""), "404");
  }
  for (int i = 0; i < 2000 && count() > 3; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(count(), 3U);
  EXPECT_EQ(read("show/1.m4s"), "old");
  EXPECT_EQ(put("/hls/show/1.m4s", "again"), "204");
  const HttpPeer broken(server_->port());
  broken.send("PUT /hls/show/1.m4s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" +
              std::string(kShow) + "\r\n3\r\nnewx");
  EXPECT_EQ(broken.next_answer().substr(9, 3), "400");
  EXPECT_EQ(read("show/1.m4s"), "again");
  EXPECT_EQ(count(), 3U);
}

TEST_F(OriginPushTest, WakesWhoeverWaits) {
  const std::string head =
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES\n"
      "#EXT-X-PART-INF:PART-TARGET=0.5\n";
  const std::string hint = "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"0.0.m4s\"\n";
  put("/hls/show/a.m3u8", head + hint);
  ask("GET", "/hls/show/a.m3u8", "");
  const HttpPeer list(server_->port()), part(server_->port());
  list.send("GET /hls/show/a.m3u8?_HLS_msn=0&_HLS_part=0 HTTP/1.1\r\nHost: a\r\n\r\n");
  part.send("GET /hls/show/0.0.m4s HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 2000 && origin_->held() < 2; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ASSERT_EQ(origin_->held(), 2U);
  put("/hls/show/0.0.m4s", "part");
  EXPECT_EQ(part.next_answer(), "HTTP/1.1 200 OK|part");
  const std::string next = head + "#EXT-X-PART:DURATION=0.5,URI=\"0.0.m4s\"\n";
  put("/hls/show/a.m3u8", next);
  EXPECT_EQ(list.next_answer(), "HTTP/1.1 200 OK|" + next);
}

TEST_F(OriginPushTest, SaysWhatItTakes) {
  const HttpPeer peer(server_->port());
  peer.send("OPTIONS /hls/show/1.m4s HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = peer.read_to("\r\n\r\n");
  EXPECT_NE(head.find("\r\nAllow: GET, HEAD, OPTIONS, PUT, DELETE\r\n"), head.npos);
  // Pages may not write.
  EXPECT_NE(head.find("\r\nAccess-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"), head.npos);
  EXPECT_EQ(ask("POST", "/hls/show/1.m4s", kShow, "x"), "405");
}

}  // namespace
}  // namespace weir::edge
