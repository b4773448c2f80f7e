// What a server does on one connection.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "rtmp/connection.h"
#include "rtmp/server.h"
#include "rtmp/server_dialogue.h"
#include "rtmp/stamps.h"

namespace weir::rtmp {

/// Joins a connection, a ServerDialogue and the handlers of the streams on it.
class ServerSession : public Session {
 public:
  ServerSession(Connection& connection, std::shared_ptr<const StreamGates> gates);
  ~ServerSession() override;

  Result<void> take(Message message) override;
  void drained() override;
  void ended(const Error& why) override;

 private:
  class Link;
  struct Stream {
    std::shared_ptr<Link> link;
    std::unique_ptr<StreamHandler> handler;
    Stamps stamps{};
  };

  Result<void> handle(ServerEvent event);
  Result<void> admit(const StreamGate& gate, std::uint32_t stream, StreamName name);
  void pass(Media media);
  void end(std::uint32_t stream, const Error& why);
  void put_out(std::uint32_t stream, const std::string& text);
  void send(std::uint32_t stream, const flv::Tag& tag);
  Result<void> send_output();

  Connection& connection_;
  const std::shared_ptr<const StreamGates> gates_;
  ServerDialogue dialogue_;
  std::string agent_;
  std::map<std::uint32_t, Stream> streams_;
};

}  // namespace weir::rtmp
