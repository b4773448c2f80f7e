#include "cli/encryption.h"

#include <map>

#include "base/command.h"
#include "cli/run.h"

namespace weir::cli {
namespace {

using publish::HlsEncryption;
using Method = HlsEncryption::Method;

// What a library function makes of the text, or its words as a usage error.
template <typename Value>
auto read_as(const std::string& name, Value& place, Result<Value> (*parse)(std::string_view)) {
  return [name, &place, parse](const std::string& text) {
    auto value = parse(text);
    if (!value) throw CLI::ValidationError(name, value.error().what);
    place = std::move(*value);
  };
}

}  // namespace

void bind_encryption(CLI::App& app, HlsEncryption& chosen) {
  const std::string group = "Encryption";
  const std::map<std::string, Method> methods{{"none", Method::kNone},
                                              {"aes-128", Method::kAes128},
                                              {"sample-aes", Method::kSampleAes},
                                              {"cbcs", Method::kCbcs}};
  app.add_option(
         "--encrypt", chosen.method,
         "aes-128: whole segments; sample-aes: the samples in MPEG-TS; cbcs: the samples in fMP4")
      ->transform(CLI::CheckedTransformer(methods))
      ->default_str("none")
      ->group(group);
  app.add_option("--key", chosen.key_file,
                 "File with the key, 16 bytes or 32 hex digits, and its IV behind it if wanted; "
                 "without it keys are generated")
      ->type_name("FILE")
      ->group(group);
  app.add_option_function<std::string>(
         "--key-command", read_as("--key-command", chosen.key_command, &split_command),
         "Program and arguments that print a key; run without a shell for each key")
      ->type_name("COMMAND")
      ->group(group);
  app.add_option("--key-uri", chosen.key_uri,
                 "Where players get the keys, with {name} or {number} of the key; without it from "
                 "the key files in the folder")
      ->type_name("URI")
      ->group(group);
  app.add_option_function<std::string>(
         "--key-rotation", read_as("--key-rotation", chosen.rotation, &publish::parse_key_rotation),
         "A new key after so many segments, or a duration like 10m")
      ->type_name("N|DURATION")
      ->group(group);
  add_duration(app, "--clear-lead", chosen.clear_lead, "What begins earlier stays clear")
      ->group(group);
}

}  // namespace weir::cli
