// The options about encryption that packagers share.
#pragma once

#include <CLI/CLI.hpp>

#include "publish/hls_encryption.h"

namespace weir::cli {

/// Adds --encrypt, --key, --key-command, --key-uri, --key-rotation and --clear-lead.
void bind_encryption(CLI::App& app, publish::HlsEncryption& chosen);

}  // namespace weir::cli
