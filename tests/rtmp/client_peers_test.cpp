// The client with a server people use: nginx and its RTMP module, as target and as source.
#include <netinet/in.h>
#include <sys/socket.h>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtmp/clients.h"
#include "rtmp/peers.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::rtmp {
namespace {

constexpr const char* kModule = "/usr/lib/nginx/modules/ngx_rtmp_module.so";

sockaddr_in loopback(int port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.sin_port = htons(static_cast<std::uint16_t>(port));
  return out;
}

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool bound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  return bound ? ntohs(address.sin_port) : 0;
}

bool answers(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  const bool out =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return out;
}

class Nginx {
 public:
  Nginx() : port_(free_port()) {
    std::ofstream(config()) << "load_module " << kModule << ";\npid " << folder_ / "pid"
                            << ";\nevents {}\nrtmp { server { listen 127.0.0.1:" << port_
                            << "; application live { live on; } } }\n";
    running_ = std::async(std::launch::async, [this] { return run(command("daemon off;")); });
    for (int i = 0; i < 500 && !answers(port_); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ~Nginx() {
    auto stop = command("");
    stop.insert(stop.end() - 2, {"-s", "stop"});
    static_cast<void>(run(stop));
  }
  std::string url(const std::string& stream) const {
    return fmt::format("rtmp://127.0.0.1:{}/live/{}", port_, stream);
  }
  static bool installed() { return there("nginx") && ::access(kModule, R_OK) == 0; }

 private:
  std::string config() const { return folder_ / "nginx.conf"; }
  std::vector<std::string> command(const std::string& more) const {
    return {"nginx", "-p", folder_.path().string(), "-e", folder_ / "log", "-c", config(),
            "-g",    more};
  }

  const support::TempFolder folder_;
  const int port_;
  std::future<Result<Bytes>> running_;
};

// Of one kind, without the codec headers, which nginx keeps and sends when it sees fit.
std::vector<Bytes> frames(const std::vector<flv::Tag>& tags, flv::TagType type) {
  std::vector<Bytes> out;
  for (const auto& tag : media_of(tags))
    if (tag.type == type && tag.body[1] != 0) out.push_back(tag.body);
  return out;
}

TEST(ClientPeers, NginxTakesWhatIsPublishedAndGivesIt) {
  if (!Nginx::installed()) GTEST_SKIP() << "no nginx with its RTMP module here";
  if (!there("ffmpeg")) GTEST_SKIP() << "no ffmpeg here";
  const auto file = ffmpeg_publishes("-");
  ASSERT_THAT(file, support::IsOk());
  const auto tags = read_flv(*file);
  const Nginx nginx;
  Clients clients;
  Report player, publisher;
  std::promise<void> playing;
  clients.start(to(Purpose::kPlay, nginx.url("x")), player, [&](Client&) { playing.set_value(); });
  ASSERT_EQ(playing.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  clients.start(to(Purpose::kPublish, nginx.url("x")), publisher, [&](Client& client) {
    for (const auto& tag : tags) client.publish(tag);
    client.finish();
  });
  EXPECT_EQ(publisher.end().code, Code::kStopped);
  EXPECT_EQ(player.end().code, Code::kStopped);
  for (const auto type : {flv::TagType::kVideo, flv::TagType::kAudio}) {
    const auto sent = frames(tags, type);
    EXPECT_GE(sent.size(), 50u);
    EXPECT_TRUE(frames(player.tags, type) == sent) << frames(player.tags, type).size();
    EXPECT_GT(media_of(player.tags).size(), 138u);  // with the headers
  }
}

TEST(ClientPeers, NginxSaysNoAndThatIsTold) {
  if (!Nginx::installed()) GTEST_SKIP() << "no nginx with its RTMP module here";
  const Nginx nginx;
  Clients clients;
  Report first, second;
  std::promise<void> publishing;
  clients.start(to(Purpose::kPublish, nginx.url("x")), first,
                [&](Client&) { publishing.set_value(); });
  publishing.get_future().wait_for(std::chrono::seconds(10));
  clients.start(to(Purpose::kPublish, nginx.url("x")), second);
  const Error end = second.end();
  EXPECT_EQ(end.code, Code::kRefused) << end.what;
}

}  // namespace
}  // namespace weir::rtmp
