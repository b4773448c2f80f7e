// Which of the rules a run asks about.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "probe/rules.h"

namespace weir::probe {

struct SelectionOptions {
  std::string platform = "web";        ///< One of platform_names().
  std::vector<std::string> only = {};  ///< Ids; empty for all.
  std::vector<std::string> skip = {};  ///< Ids, taken away from those.
};

/// "web", "ios", ...; in the order of their bits.
const std::vector<std::string>& platform_names();
/// The platforms of a rule by name.
std::vector<std::string> names_of(Platforms platforms);

/// What options choose.
class Selection {
 public:
  /// kUsage for a platform or an id that there is not, naming the nearest; and for the id of a rule
  /// that nothing decides.
  static Result<Selection> open(const SelectionOptions& options);
  bool has(const Rule& rule) const;
  /// Takes out what was not asked for.
  void apply(std::vector<Finding>& findings) const;
  /// The decided rules among them, in the order of all_rules().
  std::vector<const Rule*> rules() const;

 private:
  Platforms platform_ = kWeb;
  std::vector<std::string> only_;
  std::vector<std::string> skip_;
};

}  // namespace weir::probe
