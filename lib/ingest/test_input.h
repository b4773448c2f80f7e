// "test:" as an input: the pattern, carried as near-lossless H.264 and PCM.
#pragma once

#include <memory>
#include <string>

#include "formats/input.h"

namespace weir::ingest {

/// Opens "test:" or "test:size=1280x720,rate=25" (rate: pictures a second, "25" or "30000/1001").
/// Endless unless options.duration is set. Fails with kUsage, naming the part it cannot read.
Result<std::unique_ptr<formats::Input>> open_test_input(const std::string& url,
                                                        const formats::InputOptions& options);

/// That, or with any other URL formats::Input::open().
Result<std::unique_ptr<formats::Input>> open_any_input(const std::string& url,
                                                       const formats::InputOptions& options);

}  // namespace weir::ingest
