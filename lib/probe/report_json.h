// A report for machines. The members are described in probe(1); names and meaning never change
// within a schema number.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "probe/report.h"

namespace weir::probe {

inline constexpr int kSchema = 1;

/// What every document begins with; the rest is added behind it.
boost::json::object document(std::string_view kind, const std::string& input);

/// Times in seconds, rates in bits per second. A value that is not known is null.
boost::json::object report_json(const Report& report);

}  // namespace weir::probe
