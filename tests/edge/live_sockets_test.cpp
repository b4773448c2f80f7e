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
  tcp::socket connect() {
    tcp::acceptor acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0});
    tcp::socket client(loop);
    client.connect(acceptor.local_endpoint());
    const auto head = std::make_shared<const std::string>("HTTP/1.1 200 OK\r\n\r\n");
    const auto added =
        sockets.add(acceptor.accept(), {as_bytes(*head), head}, place, [this](ViewerOwner& owner) {
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
  EXPECT_FALSE(sockets.add(acceptor.accept(), {}, place, [this](ViewerOwner& owner) {
    return hub.play("live/y", owner, Form::kFlv, Via::kHttpFlv);
  }));
  EXPECT_EQ(sockets.count(), 0U);
}

}  // namespace
}  // namespace weir::edge
