// A log that remembers its lines.
#pragma once

#include <string>
#include <vector>

#include "base/log.h"

namespace weir::support {

class Words : public Log {
 public:
  void write(LogLevel level, std::string_view line) override {
    if (level == LogLevel::kWarning) warnings.emplace_back(line);
    if (level == LogLevel::kInfo) infos.emplace_back(line);
  }
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
};

}  // namespace weir::support
