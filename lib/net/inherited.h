// Sockets that whoever started the process listens on for it, as systemd does.
// Source: sd_listen_fds(3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::net {

struct InheritedSocket {
  std::string name;  ///< FileDescriptorName= of the socket's unit; "unknown" when none was given.
  int fd = -1;       ///< Closed when a program is started.
};

/// Those LISTEN_FDS speaks of when LISTEN_PID is this process; none otherwise. The same each time.
const std::vector<InheritedSocket>& inherited_sockets();

/// As its environment says; for tests.
std::vector<InheritedSocket> parse_inherited(std::string_view count, std::string_view names);

struct ListeningSocket {
  int fd = -1;          ///< Borrowed.
  std::string address;  ///< Where it listens.
  std::uint16_t port = 0;
};
/// kUsage when no socket of that name was handed over, or when it does not listen for TCP.
Result<ListeningSocket> inherited_socket(std::string_view name,
                                         const std::vector<InheritedSocket>& all);

}  // namespace weir::net
