// Pairs for how servers deliver, and what is observed of real ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/check.h"
#include "probe/delivery.h"
#include "probe/rule_pairs.h"
#include "probe/sample_playlists.h"
#include "support/http_server.h"

namespace weir::probe {
namespace {

using support::Answer;
using support::HttpServer;
using support::Seen;
using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::IsEmpty;

Delivery sound_delivery() {
  Delivery out;
  out.files = {{"https://host/main.m3u8", "https://host/main.m3u8", "application/vnd.apple.mpegurl",
                "gzip", true},
               {"https://host/v0.ts?a=b", "https://host/v0.ts?a=b", "video/mp2t", "", false}};
  TlsFacts host{"https://host", "TLSv1.3", false, "TLS_AES_128_GCM_SHA256", true, "", {}};
  host.certificates = {{"host", "SHA256", "EC", 256, false}, {"root", "SHA1", "RSA", 2048, true}};
  out.hosts.push_back(host);
  return out;
}

using Spoil = std::function<void(Delivery&)>;

std::vector<Finding> check(const Spoil& spoil) {
  Presentation presentation;
  presentation.delivery = sound_delivery();
  if (spoil) spoil(presentation.delivery);
  Findings out;
  check_delivery(presentation, out);
  return out.take();
}

RulePair delivered(const std::string& rule, const Spoil& spoil) {
  return {rule, [=] { return check(spoil); }, [] { return check({}); }};
}

}  // namespace

std::vector<RulePair> delivery_pairs() {
  return {
      delivered("general-8.18", [](auto& d) { d.files[1].found_at = "https://cdn/v0.ts"; }),
      delivered("general-10.1", [](auto& d) { d.files[0].encoding = ""; }),
      delivered("general-10.4", [](auto& d) { d.files[1].type = "text/plain"; }),
      delivered("general-12.1", [](auto& d) { d.hosts[0].forward_secrecy = false; }),
      delivered("general-12.2", [](auto& d) { d.hosts[0].certificates[0].digest = "SHA1"; }),
      delivered("general-12.3", [](auto& d) { d.hosts[0].certificates[0].key_bits = 224; }),
      delivered("weir-TRUST", [](auto& d) { d.hosts[0].distrust = "certificate has expired"; }),
  };
}

namespace {

TEST(CheckDelivery, KnowsTheOtherWaysToBreakARule) {
  const auto rule = [](const Spoil& spoil) {
    const auto findings = check(spoil);
    return findings.size() == 1 ? std::string(findings[0].rule->id) : findings_text(findings);
  };
  EXPECT_EQ(rule([](auto& d) { d.files[0].type = ""; }), "general-10.4");
  EXPECT_EQ(rule([](auto& d) { d.hosts[0].old_version = true; }), "general-12.1");
  EXPECT_EQ(rule([](auto& d) { d.hosts[0].cipher = "ECDHE-RSA-RC4-SHA"; }), "general-12.2");
  EXPECT_EQ(rule([](auto& d) {
              d.hosts[0].certificates[0] = {"host", "SHA256", "RSA", 1024, false};
            }),
            "general-12.3");
}

Presentation loaded(const HttpServer& server) {
  const Fetcher fetcher(nullptr);
  NullProgress progress;
  auto out = load_presentation(server.url("/main.m3u8"), fetcher, progress, LoadScope::kPlaylists);
  EXPECT_TRUE(out) << out.error().what;
  return out ? std::move(*out) : Presentation();
}

Answer file(const Seen& seen, const std::string& headers) {
  if (seen.target == "/main.m3u8" || seen.target == "/moved.m3u8")
    return {.status = 200, .headers = headers, .body = vod_playlist()};
  return {.status = seen.target == "/v0.ts" ? 200 : 404, .headers = "Content-Type: Video/MP2T\r\n"};
}

TEST(ObserveDelivery, TellsTypesEncodingsAndRedirects) {
  const HttpServer server([](const Seen& seen) -> Answer {
    if (seen.target == "/main.m3u8") return {.status = 302, .headers = "Location: /moved.m3u8\r\n"};
    return file(seen, "Content-Type: audio/mpegurl; charset=utf-8\r\nContent-Encoding: GZIP\r\n");
  });
  Presentation presentation;
  presentation.location = server.url("/main.m3u8");
  presentation.renditions.emplace_back().location = presentation.location;
  presentation.renditions[0].text.segments.resize(2);
  presentation.renditions[0].text.segments[0].gap = true;
  presentation.renditions[0].text.segments[1].uri = "v0.ts";
  const auto delivery = observe_delivery(presentation, nullptr);
  EXPECT_THAT(
      delivery.files,
      ElementsAre(FieldsAre(server.url("/main.m3u8"), server.url("/moved.m3u8"), "audio/mpegurl",
                            "gzip", true),
                  FieldsAre(server.url("/v0.ts"), server.url("/v0.ts"), "video/mp2t", "", false)));
  EXPECT_THAT(delivery.hosts, IsEmpty());
  EXPECT_EQ(server.seen()[0].headers.at("accept-encoding"), "gzip");
  EXPECT_EQ(server.lines().back(), "HEAD /v0.ts");
}

TEST(ObserveDelivery, LeavesOutWhatCannotBeHad) {
  const HttpServer server([](const Seen& seen) -> Answer {
    if (seen.target == "/v0.ts") return {.then = Answer::Then::kReset};
    return file(seen, "");
  });
  const auto delivery = observe_delivery(loaded(server), nullptr);
  EXPECT_THAT(delivery.files, ElementsAre(FieldsAre(server.url("/main.m3u8"),
                                                    server.url("/main.m3u8"), "", "", true)));
}

TEST(ObserveDelivery, AsksNobodyAboutFiles) {
  Presentation presentation;
  presentation.location = "/tmp/main.m3u8";
  EXPECT_THAT(observe_delivery(presentation, nullptr).files, IsEmpty());
}

TEST(ObserveDelivery, EndsAtAStop) {
  const HttpServer server([](const Seen&) -> Answer { return {.then = Answer::Then::kHang}; });
  Presentation presentation;
  presentation.location = server.url("/main.m3u8");
  StopSource stop;
  stop.request();
  EXPECT_THAT(observe_delivery(presentation, &stop).files, IsEmpty());
}

}  // namespace
}  // namespace weir::probe
