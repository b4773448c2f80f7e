// What people write about a server: places, folders, a file of tables.
#include "edge/config.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace weir::edge {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Doors, AreAddressAndPort) {
  const auto four = parse_http_door("0.0.0.0:8080");
  ASSERT_THAT(four, IsOk());
  EXPECT_EQ(four->address, "0.0.0.0");
  EXPECT_EQ(four->port, 8080);
  const auto six = parse_http_door("[::1]:80");
  ASSERT_THAT(six, IsOk());
  EXPECT_EQ(six->address, "::1");
  EXPECT_EQ(six->port, 80);
}

TEST(Doors, OfRtmpHaveAnAppAndAPortOfTheirOwn) {
  const auto bare = parse_rtmp_door("127.0.0.1");
  ASSERT_THAT(bare, IsOk());
  EXPECT_EQ(bare->port, 1935);
  EXPECT_EQ(bare->app, "");
  const auto full = parse_rtmp_door("[::]:1936/live/eu");
  ASSERT_THAT(full, IsOk());
  EXPECT_EQ(full->address, "::");
  EXPECT_EQ(full->port, 1936);
  EXPECT_EQ(full->app, "live/eu");
  EXPECT_EQ(parse_rtmps_door("[::]/live")->port, 443);
}

TEST(Doors, MayBeHandedOver) {
  EXPECT_EQ(parse_http_door("systemd:http")->socket, "http");
  const auto rtmp = parse_rtmp_door("systemd:rtmp/live");
  ASSERT_THAT(rtmp, IsOk());
  EXPECT_EQ(rtmp->socket, "rtmp");
  EXPECT_EQ(rtmp->app, "live");
  EXPECT_FALSE(parse_http_door("systemd:"));
}

TEST(Doors, AreNothingElse) {
  for (const char* text :
       {"", ":", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
        "127.0.0.1:80 ", "[::1", "[::1]80", "::1:80", "localhost:80", "[127.0.0.1:80"})
    EXPECT_THAT(parse_http_door(text), FailsWith(Code::kUsage, HasSubstr("ADDRESS:PORT"))) << text;
  EXPECT_THAT(parse_rtmp_door("host/live"), FailsWith(Code::kUsage, HasSubstr("ADDRESS")));
}

TEST(Folders, HaveAPath) {
  EXPECT_EQ(*parse_hls_folder("/srv/hls"), (HlsFolder{"/hls", "/srv/hls"}));
  EXPECT_EQ(*parse_hls_folder("/vod/=a=b"), (HlsFolder{"/vod", "a=b"}));
  for (const char* text : {"", "=x", "vod=x", "/vod=", "/=x", "/a/../b=x", "/a//b=x"})
    EXPECT_THAT(parse_hls_folder(text), FailsWith(Code::kUsage, HasSubstr("FOLDER"))) << text;
}

TEST(Config, HasTables) {
  const auto config = parse_config(R"(
[listen]
http = "127.0.0.1:81"
threads = 3
[[hls]]
root = "a"
[[hls]]
path = "/b"
root = "c"
push = true
[publish]
key_file = "keys"
reconnect_window = "2s"
streams = 7
[live]
batch = "0s"
cache_bytes = "1M"
slow_bytes = 4096
skips = 9
[limits]
connections = 5
held = 6
file_cache = "1M"
push_bytes = "2M"
drain = "1m"
[status]
metrics_from = ["10.0.0.0/8"]
[log]
access = "-"
)",
                                   "x.toml");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->http->port, 81);
  EXPECT_FALSE(config->rtmp);
  EXPECT_EQ(config->threads, 3);
  EXPECT_THAT(config->hls, ElementsAre(HlsFolder{"/hls", "a"}, HlsFolder{"/b", "c", true}));
  EXPECT_EQ(config->key_file, "keys");
  EXPECT_EQ(config->hub.reconnect_window, Micros(2'000'000));
  EXPECT_EQ(config->hub.streams, 7u);
  EXPECT_EQ(config->hub.live.batch, Micros(0));
  EXPECT_EQ(config->hub.live.cache_bytes, 1u << 20);
  EXPECT_EQ(config->hub.live.slow_bytes, 4096u);
  EXPECT_EQ(config->hub.live.most_skips, 9);
  EXPECT_EQ(config->connections, 5);
  EXPECT_EQ(config->held, 6);
  EXPECT_EQ(config->file_cache, 1 << 20);
  EXPECT_EQ(config->push_bytes, 2 << 20);
  EXPECT_EQ(config->drain, Micros(60'000'000));
  EXPECT_THAT(config->metrics_from, ElementsAre("10.0.0.0/8"));
  EXPECT_EQ(config->access_log, "-");
}

TEST(Config, NamesTheLineThatIsWrong) {
  const auto refused = [](const char* text) { return parse_config(text, "x.toml"); };
  EXPECT_THAT(refused("\n[listne]\n"), FailsWith(Code::kUsage, HasSubstr("x.toml:2: unknown key")));
  EXPECT_THAT(refused("[live]\nbatch = \"soon\""), FailsWith(Code::kUsage, HasSubstr("x.toml:2:")));
  EXPECT_THAT(refused("[live]\nslow_bytes = 0"), FailsWith(Code::kUsage, HasSubstr("x.toml:2:")));
  EXPECT_THAT(refused("[live]\ncache_bytes = \"x\""), FailsWith(Code::kUsage, HasSubstr("32M")));
  EXPECT_THAT(refused("[listen]\nthreads = 0"), FailsWith(Code::kUsage, HasSubstr("x.toml:2:")));
  EXPECT_THAT(refused("[limits]\nconnections = 0"),
              FailsWith(Code::kUsage, HasSubstr("x.toml:2:")));
  EXPECT_THAT(refused("[hls]\nroot = \"a\""), FailsWith(Code::kUsage, HasSubstr("[[hls]]")));
  EXPECT_THAT(refused("[[hls]]\npath = \"/a\""), FailsWith(Code::kUsage, HasSubstr("'root'")));
  EXPECT_THAT(refused("[status]\nmetrics_from = [\"x\"]"),
              FailsWith(Code::kUsage, HasSubstr("x.toml:2: 'x' is no address or network")));
  EXPECT_THAT(refused("listen = 1"), FailsWith(Code::kUsage, HasSubstr("[listen]")));
  EXPECT_THAT(refused("[listen"), FailsWith(Code::kUsage, HasSubstr("x.toml:1:")));
  EXPECT_THAT(load_config("no such file"), FailsWith(Code::kIo, HasSubstr("no such file")));
}

TEST(Config, HasToGoTogether) {
  EdgeConfig config;
  EXPECT_THAT(check_config(config), FailsWith(Code::kUsage, HasSubstr("--http")));
  config.rtmp = *parse_rtmp_door("127.0.0.1");
  EXPECT_THAT(check_config(config), IsOk());
  config.hls = {{"/a", "x"}};
  EXPECT_THAT(check_config(config), FailsWith(Code::kUsage, HasSubstr("HLS goes over HTTP")));
  config.http = *parse_http_door("127.0.0.1:80");
  EXPECT_THAT(check_config(config), IsOk());
  config.hls.push_back({"/a", "y"});
  EXPECT_THAT(check_config(config), FailsWith(Code::kUsage, HasSubstr("'/a'")));
  config.hls.pop_back();
  config.rtmps = *parse_rtmps_door("127.0.0.1");
  EXPECT_THAT(check_config(config), FailsWith(Code::kUsage, HasSubstr("--certificate")));
  config.certificate = config.certificate_key = "x";
  EXPECT_THAT(check_config(config), IsOk());
}

TEST(Config, HasRulesOfAccess) {
  const auto config = parse_config(R"(
[access]
secret_file = "s"
signed = ["/live"]
referers = ["a.example"]
allow = ["10.0.0.0/8"]
deny = ["10.1.0.0/16"]
[limits]
connections_per_address = 7
)",
                                   "x.toml");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->access,
            (AccessConfig{"s", {"/live"}, {"a.example"}, {"10.0.0.0/8"}, {"10.1.0.0/16"}}));
  EXPECT_EQ(config->connections_per_address, 7);
  EXPECT_THAT(parse_config("[access]\nsigned = [\"live\"]", "x.toml"),
              FailsWith(Code::kUsage, HasSubstr("x.toml:2: 'live' is no path")));
  EXPECT_THAT(parse_config("[access]\ndeny = [\"all\"]", "x.toml"),
              FailsWith(Code::kUsage, HasSubstr("x.toml:2: 'all'")));
}

TEST(Config, TellsWhatOnlyANewStartChanges) {
  EdgeConfig now;
  now.http = *parse_http_door("127.0.0.1:80");
  EdgeConfig next = now;
  next.connections = 5;
  next.access.deny = {"10.0.0.0/8"};
  next.hub.live.batch = Micros(1);
  EXPECT_EQ(fixed_changes(now, next), "");
  next.http->port = 81;
  next.hls = {{"/a", "x"}};
  EXPECT_EQ(fixed_changes(now, next), "listen, hls");
}

// It shows defaults: changing one and not the other would tell people wrong things.
TEST(Config, SampleHasTheDefaults) {
  const auto folder = std::filesystem::path(__FILE__).parent_path();
  const auto sample = load_config((folder / "../../samples/edge.toml").string());
  ASSERT_THAT(sample, IsOk());
  EXPECT_THAT(check_config(*sample), IsOk());
  const EdgeConfig defaults;
  EXPECT_EQ(sample->threads, defaults.threads);
  EXPECT_EQ(sample->connections, defaults.connections);
  EXPECT_EQ(sample->rtmp_connections, defaults.rtmp_connections);
  EXPECT_EQ(sample->connections_per_address, defaults.connections_per_address);
  EXPECT_EQ(sample->access, defaults.access);
  EXPECT_EQ(sample->drain, defaults.drain);
  EXPECT_EQ(sample->metrics_from, defaults.metrics_from);
  EXPECT_EQ(sample->hub.reconnect_window, defaults.hub.reconnect_window);
  EXPECT_EQ(sample->hub.streams, defaults.hub.streams);
  const LiveLimits& live = sample->hub.live;
  const LiveLimits& kept = defaults.hub.live;
  EXPECT_EQ(live.batch, kept.batch);
  EXPECT_EQ(live.cache_bytes, kept.cache_bytes);
  EXPECT_EQ(live.cache_frames, kept.cache_frames);
  EXPECT_EQ(live.cache_time, kept.cache_time);
  EXPECT_EQ(live.slow_bytes, kept.slow_bytes);
  EXPECT_EQ(live.slow_time, kept.slow_time);
  EXPECT_EQ(live.stall, kept.stall);
  EXPECT_EQ(live.most_skips, kept.most_skips);
  EXPECT_EQ(live.skip_window, kept.skip_window);
}

TEST(Config, SampleOfAGuardedRouteHasTheDefaults) {
  const auto folder = std::filesystem::path(__FILE__).parent_path();
  const auto sample = load_config((folder / "../../samples/edge-guard.toml").string());
  ASSERT_THAT(sample, IsOk());
  EXPECT_THAT(check_config(*sample), IsOk());
  ASSERT_EQ(sample->api.size(), 1U);
  ApiRouteConfig route = sample->api[0];
  EXPECT_EQ(route.path, "/api/room");
  EXPECT_GT(route.bucket.rate, 0);
  route.path = route.backend = "";
  route.bucket = {};
  EXPECT_EQ(route, ApiRouteConfig());
  EXPECT_EQ(sample->api_cache, EdgeConfig().api_cache);
  EXPECT_EQ(sample->api_buckets, EdgeConfig().api_buckets);
}

TEST(Config, GuardsRoutes) {
  const auto read = parse_config(
      "[[api]]\npath = \"/api/room\"\nbackend = \"http://a:9000/base\"\nmethods = [\"GET\", "
      "\"POST\"]\ntimeout = \"3s\"\n[api.cache]\nfresh = \"2s\"\njitter = 0.2\n[api.breaker]\n"
      "error_rate = 1\nprobes = 1\n[api.bucket]\nrate = 5\nkey = \"header:User\"\n"
      "[[api]]\npath = \"/b\"\nbackend = \"https://b\"\n",
      "e.toml");
  ASSERT_THAT(read, IsOk());
  ASSERT_EQ(read->api.size(), 2U);
  const ApiRouteConfig& one = read->api[0];
  EXPECT_EQ(one.backend, "http://a:9000/base");
  EXPECT_THAT(one.methods, ElementsAre("GET", "POST"));
  EXPECT_EQ(one.cache.fresh, Micros(2'000'000));
  EXPECT_EQ(one.cache.jitter, 0.2);
  EXPECT_EQ(breaker_settings(one.breaker).error_rate, 1);
  EXPECT_EQ(quota_of(one.bucket).burst, 5);
  EXPECT_EQ(read->api[1].bucket.rate, 0);
}

TEST(Config, SaysWhatIsWrongWithAGuardedRoute) {
  const auto fault = [](const std::string& lines) {
    const auto read = parse_config("[[api]]\n" + lines, "e.toml");
    return read ? "" : read.error().what;
  };
  const std::string good = "path = \"/a\"\nbackend = \"http://b\"\n";
  EXPECT_EQ(fault(good), "");
  EXPECT_THAT(fault("path = \"a\"\n"), HasSubstr("e.toml:1: an [[api]] needs a 'path'"));
  EXPECT_THAT(fault("path = \"/a\"\n"), HasSubstr("needs a 'backend'"));
  EXPECT_THAT(fault("path = \"/a\"\nbackend = \"ftp://b\"\n"), HasSubstr("e.toml:3: "));
  EXPECT_THAT(fault("path = \"/a\"\nbackend = \"http://u:p@b\"\n"), HasSubstr("no user"));
  EXPECT_THAT(fault(good + "methods = [\"HEAD\"]\n"), HasSubstr("'HEAD' cannot be passed on"));
  EXPECT_THAT(fault(good + "[api.cache]\njitter = 2\n"), HasSubstr("a number from 0 to 1"));
  EXPECT_THAT(fault(good + "[api.bucket]\nburst = 2\n"), HasSubstr("needs a 'rate'"));
  EXPECT_THAT(fault(good + "[api.bucket]\nrate = 2\nkey = \"user\"\n"),
              HasSubstr("'user' is no key"));
  EdgeConfig config;
  config.api = {{.path = "/a"}};
  config.rtmp = Door{"127.0.0.1", 0};
  EXPECT_THAT(check_config(config), FailsWith(Code::kUsage, HasSubstr("go over HTTP")));
  config.http = Door{"127.0.0.1", 0};
  config.api.push_back({.path = "/a"});
  EXPECT_THAT(check_config(config), FailsWith(Code::kUsage, HasSubstr("two guarded routes")));
}

}  // namespace
}  // namespace weir::edge
