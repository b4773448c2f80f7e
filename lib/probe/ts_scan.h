// Watches the packets of a transport stream segment go by.
// Source: ISO/IEC 13818-1:2019 sections 2.4.3.2 (packets), 2.4.3.4 (discontinuity
// indicator), 2.4.4.3 (program association); draft-pantos-hls-rfc8216bis-22 section 3.1.1.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "base/bytes.h"

namespace weir::probe {

struct TsFacts {
  std::int64_t lost = 0;      ///< Packets whose continuity counter does not follow the one before.
  bool tables_first = false;  ///< PAT and PMT came before any media.
};

class TsScan {
 public:
  /// The next bytes of the segment, from its first one on. Any bytes are safe.
  void feed(ByteView bytes);
  /// Empty when the bytes are no transport stream.
  std::optional<TsFacts> facts() const;

 private:
  void packet(ByteView bytes);
  void count(int pid, int counter, bool payload, bool jump);
  void read_pat(ByteView payload);

  Bytes held_;
  bool foreign_ = false;
  std::int64_t packets_ = 0;
  TsFacts facts_;
  bool pat_ = false;
  bool pmt_ = false;
  bool media_ = false;
  std::set<int> pmt_pids_;
  std::map<int, int> counters_;  // by PID
};

}  // namespace weir::probe
