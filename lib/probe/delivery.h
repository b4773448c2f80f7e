// How the servers of a presentation deliver it: header fields, redirects and connections.
// Source: RFC 9110 sections 8.3 (Content-Type), 8.4 (Content-Encoding) and 15.4 (redirects).
#pragma once

#include <string>
#include <vector>

#include "base/stop.h"
#include "probe/tls_facts.h"

namespace weir::probe {

struct Presentation;

/// One file as it was answered; there is none for what could not be had.
struct DeliveredFile {
  std::string location;  ///< Where it was asked for.
  std::string found_at;  ///< Where redirects led to; `location` without one.
  std::string type;      ///< Of Content-Type, lower case, without parameters; "" when not told.
  std::string encoding;  ///< Of Content-Encoding, lower case; "" when not told.
  bool playlist = false;
};

struct Delivery {
  std::vector<DeliveredFile> files;
  std::vector<TlsFacts> hosts;
};

/// Asks once more for each playlist that came over HTTP, compressed if the server likes, and for
/// the heads of the first segment of each and of its initialization section; then greets each host
/// of an https URL. What cannot be had is left out: whoever reads the media says so.
/// Waiting    Blocks, 10 s for each answer at most; a stop ends it at once.
/// Threads    One more, for the network, as long as the call.
Delivery observe_delivery(const Presentation& presentation, const StopSource* stop);

}  // namespace weir::probe
