// Thousands of patterns in one pass over a text: Vectorscan, with its memory owned.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <hs.h>

#include "base/result.h"

namespace weir::safety {

/// What one thread needs to scan; made by the databases it is for.
class ScanScratch {
 public:
  hs_scratch_t* get() const { return scratch_.get(); }

 private:
  friend class ScanDatabase;
  struct Free {
    void operator()(hs_scratch_t* scratch) const noexcept { hs_free_scratch(scratch); }
  };
  std::unique_ptr<hs_scratch_t, Free> scratch_;
};

/// Immutable; any thread may scan with a scratch of its own.
class ScanDatabase {
 public:
  /// Exact byte strings; the number of a match is the place in the list. None is empty.
  static Result<ScanDatabase> of_literals(std::span<const std::string> literals);
  /// Regular expressions upon UTF-8, whatever the case; matches tell where they begin. kBadInput,
  /// with Vectorscan's own words, when it does not take one.
  static Result<ScanDatabase> of_expressions(std::span<const std::string> expressions);

  /// Makes `scratch` fit for this one too.
  Result<void> fit(ScanScratch& scratch) const;

  /// Calls `use(number, begin, end)` for every match, in order of their ends; `begin` is 0 for
  /// literals. `text` must be UTF-8 for expressions. Nothing is allocated.
  template <typename Use>
  Result<void> scan(std::string_view text, const ScanScratch& scratch, Use use) const {
    const auto call = [](unsigned number, unsigned long long begin, unsigned long long end,
                         unsigned, void* to) {
      (*static_cast<Use*>(to))(number, static_cast<std::size_t>(begin),
                               static_cast<std::size_t>(end));
      return 0;
    };
    if (!database_ || text.empty()) return {};
    const auto status = hs_scan(database_.get(), text.data(), static_cast<unsigned>(text.size()), 0,
                                scratch.get(), call, &use);
    if (status != HS_SUCCESS) return scan_failure(status);
    return {};
  }
  /// Of the compiled form.
  std::size_t bytes() const;

 private:
  struct Free {
    void operator()(hs_database_t* database) const noexcept { hs_free_database(database); }
  };
  static tl::unexpected<Error> scan_failure(hs_error_t status);

  std::unique_ptr<hs_database_t, Free> database_;  ///< Nothing for an empty list.
};

}  // namespace weir::safety
