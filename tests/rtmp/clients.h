// Clients whose ends can be waited for.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/event_loop.h"
#include "rtmp/client.h"

namespace weir::rtmp {

/// What a client was told.
struct Report {
  std::vector<flv::Tag> tags;  ///< Of a player; to be looked at after end().
  std::promise<Error> ended;

  Error end() {
    auto future = ended.get_future();
    const bool came = future.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
    return came ? future.get() : Error{Code::kInternal, "it does not end"};
  }
};

/// On a loop of their own; they go before it does.
class Clients {
 public:
  ~Clients() {
    loop_.stop();
    all_.clear();
  }
  void start(
      ClientOptions options, Report& report, std::function<void(Client&)> started = [](Client&) {},
      boost::asio::ssl::context* tls = nullptr) {
    loop_.post([=, this, &report] {
      const std::size_t at = all_.size();
      auto handler =
          std::make_unique<Reporter>(report, [this, at, started] { started(*all_[at]); });
      all_.push_back(std::make_unique<Client>(loop_.context(), options, ClientLimits{}, tls,
                                              Random::system(), std::move(handler)));
    });
  }
  net::EventLoop& loop() { return loop_; }

 private:
  class Reporter : public ClientHandler {
   public:
    Reporter(Report& report, std::function<void()> started)
        : report_(report), started_(std::move(started)) {}
    void started(const Capabilities&) override { started_(); }
    void take(flv::Tag tag) override { report_.tags.push_back(std::move(tag)); }
    void ended(const Error& why) override { report_.ended.set_value(why); }

   private:
    Report& report_;
    const std::function<void()> started_;
  };

  net::EventLoop loop_;
  std::vector<std::unique_ptr<Client>> all_;
};

inline ClientOptions to(Purpose purpose, const std::string& url) {
  ClientOptions out;
  out.purpose = purpose;
  const auto parsed = parse_url(url);
  EXPECT_TRUE(parsed) << url;
  if (parsed) out.url = *parsed;
  return out;
}

}  // namespace weir::rtmp
