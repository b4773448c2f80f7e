#include "edge/live_sockets.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "edge/hub.h"
#include "edge/live.h"
#include "support/fake_clock.h"

namespace weir::edge {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;

class LiveSocketsTest : public ::testing::Test {
 protected:
  void SetUp() override { publication.emplace(*hub.publish("live/x", {})); }

  /// A connected pair: the client's end; the server's is a viewer.
  tcp::socket connect(bool is_websocket = false) {
    tcp::acceptor acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0});
    tcp::socket client(loop);
    client.connect(acceptor.local_endpoint());
    const auto head = std::make_shared<const std::string>("HTTP/1.1 200 OK\r\n\r\n");
    const auto added = sockets.add(
        {net::PeerSocket(acceptor.accept()), {as_bytes(*head), head}, "", place, {}, is_websocket},
        [this](ViewerOwner& owner) {
          return hub.play("live/x", owner, Form::kFlv, Via::kHttpFlv);
        });
    EXPECT_TRUE(added);
    return client;
  }
  void publish(int pictures, std::size_t size) {
    publication->take(video_header());
    for (int i = 0; i < pictures; ++i, at_ms += 40) {
      publication->take(picture(at_ms, at_ms % 1000 == 0, size));
      turn(40ms);
    }
  }
  void turn(std::chrono::milliseconds time) {
    clock.advance(time);
    hub.tick();
    loop.poll();
    loop.restart();
  }
  /// All there is for it by now.
  static std::string receive(tcp::socket& client) {
    client.non_blocking(true);
    std::string out;
    boost::system::error_code error;
    while (!error) {
      const std::size_t size = out.size();
      out.resize(size + 65'536);
      out.resize(size + client.read_some(asio::buffer(out.data() + size, 65'536), error));
    }
    return out;
  }

  support::FakeClock clock;
  Hub hub{{}, clock};
  std::optional<Publication> publication;
  asio::io_context loop;
  std::shared_ptr<void> place = std::make_shared<int>(0);
  LiveSockets sockets;
  std::int64_t at_ms = 0;
};

TEST_F(LiveSocketsTest, AViewerGetsTheHeadAndThenAFile) {
  auto client = connect();
  publish(50, 1000);
  const std::string got = receive(client);
  ASSERT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n\r\nFLV\x01"));
  flv::TagReader reader;
  reader.feed(as_bytes(got).subspan(19));
  int pictures = -2;  // two headers: that of the intro, and that of the stream
  while (true) {
    const auto tag = reader.next();
    ASSERT_TRUE(tag);
    if (!*tag) break;
    ++pictures;
  }
  EXPECT_GE(pictures, 40);
  EXPECT_EQ(reader.pending(), 0U);
}

TEST_F(LiveSocketsTest, WhoClosesIsGoneAtOnceWithItsPlace) {
  auto client = connect();
  EXPECT_EQ(place.use_count(), 2);
  client.close();
  turn(1ms);
  EXPECT_EQ(sockets.count(), 0U);
  EXPECT_EQ(place.use_count(), 1);
  EXPECT_EQ(hub.find("live/x")->viewers(), 0U);
}

TEST_F(LiveSocketsTest, WhoStopsReadingIsClosedAndTheOtherGetsEverything) {
  auto reads = connect();
  auto stops = connect();
  std::size_t got = 0;
  for (int i = 0; i < 30; ++i) {
    publish(25, 20'000);
    got += receive(reads).size();
  }
  EXPECT_EQ(sockets.count(), 1U);
  const auto& counters = hub.find("live/x")->counters();
  EXPECT_EQ(counters.of(Via::kHttpFlv).evicted, 1U);
  EXPECT_EQ(counters.of(Via::kHttpFlv).skips, 0U);
  EXPECT_GT(got, counters.bytes - 9 * 20'200) << "but for the open batch";
}

TEST_F(LiveSocketsTest, TheEndOfAStreamIsTheEndOfTheConnection) {
  auto client = connect();
  publish(5, 100);
  publication.reset();
  turn(15s);
  turn(1ms);
  EXPECT_EQ(sockets.count(), 0U);
  EXPECT_GT(receive(client).size(), 500U);
}

TEST_F(LiveSocketsTest, AStreamThatIsNotThereClosesTheSocket) {
  tcp::acceptor acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0});
  tcp::socket client(loop);
  client.connect(acceptor.local_endpoint());
  EXPECT_FALSE(sockets.add(
      {net::PeerSocket(acceptor.accept()), {}, "", place},
      [this](ViewerOwner& owner) { return hub.play("live/y", owner, Form::kFlv, Via::kHttpFlv); }));
  EXPECT_EQ(sockets.count(), 0U);
}

// The messages among the frames of `bytes`, which hold nothing else; control frames are left in
// `control`.
std::string messages(std::string_view bytes, std::string& control) {
  std::string out;
  while (bytes.size() >= 2) {
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
    EXPECT_EQ(at(1) & 0x80, 0) << "a server does not mask";
    std::size_t head = 2, size = at(1);
    const std::size_t digits = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (digits > 0) size = 0;
    for (std::size_t i = 0; i < digits; ++i) size = size << 8 | at(head++);
    if (at(0) == 0x82)
      out += bytes.substr(head, size);
    else
      control += bytes.substr(0, head + size);
    bytes.remove_prefix(std::min(head + size, bytes.size()));
  }
  EXPECT_EQ(bytes.size(), 0U);
  return out;
}

std::string without_head(const std::string& got) {
  constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\n\r\n";
  EXPECT_TRUE(got.starts_with(kHead));
  return got.substr(kHead.size());
}

TEST_F(LiveSocketsTest, AWebSocketGetsTheSameFileInMessages) {
  auto plain = connect();
  auto framed = connect(true);
  publish(80, 30'000);
  std::string control;
  EXPECT_EQ(messages(without_head(receive(framed)), control), without_head(receive(plain)));
  EXPECT_EQ(control, "");
}

TEST_F(LiveSocketsTest, APingIsAnsweredBetweenMessages) {
  auto client = connect(true);
  publish(5, 30'000);
  asio::write(client, asio::buffer(std::string("\x89\x82\1\2\3\4hk", 8)));
  publish(30, 30'000);
  std::string control;
  EXPECT_TRUE(messages(without_head(receive(client)), control).starts_with("FLV"));
  EXPECT_EQ(control, "\x8a\x02ii");
}

TEST_F(LiveSocketsTest, AWebSocketThatClosesIsAnsweredAndThenClosed) {
  auto client = connect(true);
  asio::write(client, asio::buffer(std::string("\x88\x82\0\0\0\0\x03\xe8", 8)));
  turn(1ms);
  EXPECT_EQ(hub.find("live/x")->viewers(), 0U);
  EXPECT_EQ(sockets.count(), 1U) << "for the client's turn";
  std::string control;
  EXPECT_EQ(messages(without_head(receive(client)), control), "");
  EXPECT_EQ(control, "\x88\x02\x03\xe8");
  client.close();
  turn(1ms);
  EXPECT_EQ(sockets.count(), 0U);
}

TEST_F(LiveSocketsTest, GarbageOnAWebSocketEndsItAndNobodyElse) {
  auto good = connect(true);
  auto bad = connect(true);
  asio::write(bad, asio::buffer(std::string(1000, 'x')));
  publish(30, 1000);
  std::string control;
  messages(without_head(receive(bad)), control);
  EXPECT_EQ(control, "\x88\x02\x03\xea");
  control.clear();
  EXPECT_GT(messages(without_head(receive(good)), control).size(), 20'000U);
  EXPECT_EQ(control, "");
}

TEST_F(LiveSocketsTest, TheEndOfAStreamIsSaidOnAWebSocket) {
  auto client = connect(true);
  publish(5, 100);
  publication.reset();
  turn(15s);
  turn(1ms);
  std::string control;
  messages(without_head(receive(client)), control);
  EXPECT_EQ(control, "\x88\x02\x03\xe8");
}

}  // namespace
}  // namespace weir::edge
