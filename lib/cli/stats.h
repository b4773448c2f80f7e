// The health of a run as JSON lines on standard error.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "cli/words.h"
#include "ingest/health.h"

namespace weir::cli {

/// The object behind "stats": its keys stay, others may come; "version" tells of any other change.
std::string health_json(const ingest::HealthReport& report);

/// {"time":…,"tool":…,"stats":{…}}, a line for each report. Borrows `words` and `clock`.
std::unique_ptr<ingest::HealthSink> make_json_stats(std::string tool, Words& words,
                                                    const Clock& clock);

}  // namespace weir::cli
