// The smallest server there is: what one publisher sends goes to every player.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/event_loop.h"
#include "rtmp/server.h"

namespace weir::rtmp {

class Hub {
 public:
  /// Publishers need the key "right"; what they send is kept as well.
  explicit Hub(ListenOptions options = {}, boost::asio::ssl::context* tls = nullptr) {
    options.port = 0;
    StreamGates gates{
        [this](const Visitor& visitor, auto stream) { return publish(visitor, stream); },
        [this](const Visitor& visitor, auto stream) { return play(visitor, stream); }};
    auto opened = Server::open(loop_.context(), options, std::move(gates), tls, Random::system());
    if (opened) server_ = std::move(*opened);
  }
  ~Hub() { loop_.stop(); }

  std::uint16_t port() const { return server_ ? server_->port() : 0; }
  std::string url(const std::string& rest) const {
    return "rtmp://127.0.0.1:" + std::to_string(port()) + "/live/" + rest;
  }
  /// Runs on the loop, and waits until it has.
  template <typename Task>
  auto on_loop(Task task) {
    std::packaged_task<decltype(task())()> packaged(std::move(task));
    auto done = packaged.get_future();
    loop_.post(
        [shared = std::make_shared<decltype(packaged)>(std::move(packaged))] { (*shared)(); });
    return done.get();
  }

  /// Whether it comes to that in time. `reached` runs on the loop.
  bool wait_until(std::function<bool(Hub&)> reached) {
    auto promise = std::make_shared<std::promise<void>>();
    on_loop([&] {
      on_change_ = [reached, promise, waiting = true](Hub& hub) mutable {
        if (!waiting || !reached(hub)) return;
        waiting = false;
        promise->set_value();
      };
      on_change_(*this);
    });
    return promise->get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  }

  // All on the loop.
  std::vector<flv::Tag> tags;
  std::vector<std::string> ends;  ///< Of publishers.
  std::vector<Visitor> publishers;
  std::function<void(ServedStream&)> on_publish = [](ServedStream&) {};
  std::vector<std::shared_ptr<ServedStream>> players;

 private:
  class Publisher : public StreamHandler {
   public:
    Publisher(Hub& hub, std::shared_ptr<ServedStream> stream)
        : hub_(hub), stream_(std::move(stream)) {}
    void started() override {
      hub_.on_publish(*stream_);
      hub_.on_change_(hub_);
    }
    void take(flv::Tag tag) override {
      for (const auto& player : hub_.players) player->send(tag);
      hub_.tags.push_back(std::move(tag));
      hub_.on_change_(hub_);
    }
    void ended(const Error& why) override {
      hub_.ends.push_back(why.what);
      for (const auto& player : hub_.players) player->end("the publisher has ended");
      hub_.on_change_(hub_);
    }

   private:
    Hub& hub_;
    const std::shared_ptr<ServedStream> stream_;
  };

  class Player : public StreamHandler {
   public:
    Player(Hub& hub, std::shared_ptr<ServedStream> stream)
        : hub_(hub), stream_(std::move(stream)) {}
    void started() override {
      for (const auto& tag : hub_.tags) stream_->send(tag);
      hub_.players.push_back(stream_);
      hub_.on_change_(hub_);
    }
    void ended(const Error&) override { std::erase(hub_.players, stream_); }

   private:
    Hub& hub_;
    const std::shared_ptr<ServedStream> stream_;
  };

  Result<std::unique_ptr<StreamHandler>> publish(const Visitor& visitor,
                                                 std::shared_ptr<ServedStream> stream) {
    if (visitor.name.key.reveal() != "right") return fail(Code::kRefused, "no such key");
    publishers.push_back(visitor);
    return std::make_unique<Publisher>(*this, std::move(stream));
  }
  Result<std::unique_ptr<StreamHandler>> play(const Visitor&,
                                              std::shared_ptr<ServedStream> stream) {
    return std::make_unique<Player>(*this, std::move(stream));
  }

  std::function<void(Hub&)> on_change_ = [](Hub&) {};
  net::EventLoop loop_;
  std::unique_ptr<Server> server_;
};

}  // namespace weir::rtmp
