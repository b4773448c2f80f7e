// A report for people: one screen for an ordinary file.
#pragma once

#include <string>

#include "probe/report.h"

namespace weir::probe {

/// Ends with a newline. The damage of a report is not in it: that is an error, for stderr.
std::string report_text(const Report& report);

}  // namespace weir::probe
