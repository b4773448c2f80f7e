// Watches the packets of a transport stream segment go by.
// Source: ISO/IEC 13818-1:2019 sections 2.4.3.2 (packets), 2.4.3.4 (discontinuity
// indicator), 2.4.4.3 (program association), 2.4.3.5 (PCR), 2.4.3.7 (PES);
// draft-pantos-hls-rfc8216bis-22 section 3.1.1.
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
  std::int64_t programs = 0;  ///< In the largest PAT.
  std::int64_t clocks = 0;    ///< PCRs.
  std::int64_t late = 0;      ///< Access units that begin when the clock before is past their DTS.
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
  void read_clock(ByteView adaptation);
  void read_stamps(ByteView payload);

  Bytes held_;
  bool foreign_ = false;
  std::int64_t packets_ = 0;
  TsFacts facts_;
  bool pat_ = false;
  bool pmt_ = false;
  bool media_ = false;
  std::optional<std::int64_t> clock_;  // the last PCR, in ticks of 90 kHz
  std::set<int> pmt_pids_;
  std::map<int, int> counters_;  // by PID
};

}  // namespace weir::probe
