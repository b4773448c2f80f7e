#include "probe/rtmp_check.h"

#include <chrono>

#include <boost/asio/io_context.hpp>

#include "base/random.h"
#include "net/tls.h"
#include "probe/words.h"
#include "rtmp/client.h"

namespace weir::probe {
namespace {

constexpr int kEnough = 200;  // tags
constexpr std::int64_t kLeastChunk = 1024;

struct Count : rtmp::ClientHandler {
  explicit Count(int& tags, bool& over) : tags_(tags), over_(over) {}
  void take(flv::Tag) override { ++tags_; }
  void ended(const Error&) override { over_ = true; }

 private:
  int& tags_;
  bool& over_;
};

}  // namespace

RtmpFacts observe_rtmp(const std::string& url, Micros most, const StopSource& stop) {
  constexpr std::chrono::milliseconds kLook{50};
  RtmpFacts out;
  rtmp::ClientOptions options;
  options.purpose = rtmp::Purpose::kPlay;
  auto parsed = rtmp::parse_url(url);
  if (!parsed) return out;
  options.url = std::move(*parsed);
  int tags = 0;
  bool over = false;
  auto tls = net::make_tls_client();
  boost::asio::io_context loop(1);
  rtmp::Client client(loop, std::move(options), {}, &tls, Random::system(),
                      std::make_unique<Count>(tags, over));
  const auto end = std::chrono::steady_clock::now() + most;
  while (!over && tags < kEnough && !stop.requested() && std::chrono::steady_clock::now() < end)
    loop.run_for(kLook);
  out.media = tags > 0;
  out.wire = client.facts();
  return out;
}

void check_rtmp(const RtmpFacts& facts, const LiveScene& scene) {
  if (!facts.media) return;
  const auto& wire = facts.wire;
  const auto& mended = wire.repairs;
  if (const auto odd =
          mended.relative_starts + mended.repeated_headers + mended.bare_chunks + mended.zero_steps;
      odd > 0)
    scene.add("weir-RTMP-CHUNKS", 0, std::int64_t(odd), 0,
              fmt::format("{} not as the specification has them: {} begin with a step, {} repeat a "
                          "header, {} lack the extended timestamp, {} repeat a time",
                          count_words(std::int64_t(odd), "chunk", "chunks"), mended.relative_starts,
                          mended.repeated_headers, mended.bare_chunks, mended.zero_steps));
  if (wire.chunk_size < kLeastChunk)
    scene.add(
        "weir-RTMP-CHUNK-SIZE", 0, std::int64_t(wire.chunk_size), kLeastChunk,
        fmt::format("chunks of {} bytes; {} or more cost less", wire.chunk_size, kLeastChunk));
  if (!wire.window)
    scene.add("weir-RTMP-WINDOW", 0, nullptr, nullptr,
              "the server does not say after how many bytes it wants to hear from us");
  if (wire.bad_echo)
    scene.add("weir-RTMP-HANDSHAKE", 0, nullptr, nullptr,
              "the handshake does not send back what it was given");
}

}  // namespace weir::probe
