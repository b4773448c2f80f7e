// A certificate for 127.0.0.1 and "localhost", signed by itself.
#pragma once

#include <string>

#include "base/command.h"
#include "support/temp_folder.h"

namespace weir::support {

class Certificate {
 public:
  Certificate() {
    made_ = run_command({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                         "-batch", "-keyout", key(), "-out", file()})
                .has_value();
  }
  /// False where there is no openssl to make one with.
  bool made() const { return made_; }
  std::string file() const { return folder_ / "certificate.pem"; }
  std::string key() const { return folder_ / "key.pem"; }

 private:
  TempFolder folder_;
  bool made_ = false;
};

}  // namespace weir::support
