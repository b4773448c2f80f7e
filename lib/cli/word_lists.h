// The word lists of a running tool, read again when they change.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "safety/text/text_screen.h"

namespace weir::cli {

struct WordListChoice {
  std::vector<std::string> files;
  safety::Selection selection;
  bool strict = false;  ///< A list with a fault is not taken.
};

/// A filter, and the scratch of the one thread that uses it.
class WordLists {
 public:
  /// Reads the lists; faults are logged, with `strict` they are kUsage. kIo, kUsage for a file that
  /// cannot be read. Borrows the log and the clock.
  static Result<WordLists> open(WordListChoice choice, Log& log, const Clock& clock);

  /// Reads the lists again when `asked`, or when one of their files is another than before; files
  /// are looked at twice a second at most. Lists that cannot be read are told of, and those from
  /// before hold. Takes as long as reading does.
  void refresh(bool asked);

  const safety::TextScreen& screen() const { return *screen_; }
  safety::TextScratch& scratch() { return *scratch_; }

 private:
  /// What tells that a file is another one.
  struct Stamp {
    std::string file;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = -1;
    std::int64_t changed_ns = 0;
    bool operator==(const Stamp&) const = default;
  };

  WordLists(WordListChoice choice, std::shared_ptr<const safety::CharTable> table, Log& log,
            const Clock& clock)
      : choice_(std::move(choice)), table_(std::move(table)), log_(&log), clock_(&clock) {}
  static Stamp stamp(const std::string& file);
  Result<void> load();
  bool changed();

  WordListChoice choice_;
  std::shared_ptr<const safety::CharTable> table_;
  Log* log_;
  const Clock* clock_;
  std::shared_ptr<const safety::TextScreen> screen_;
  std::unique_ptr<safety::TextScratch> scratch_;
  std::vector<Stamp> stamps_;
  std::chrono::nanoseconds looked_{};
};

}  // namespace weir::cli
