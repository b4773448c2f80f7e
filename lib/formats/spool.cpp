#include "formats/spool.h"

#include <algorithm>

#include "formats/output.h"

namespace weir::formats {
namespace {

Result<void> put(Output& output, media::Item item) {
  WEIR_TRY_ASSIGN(const auto flow, output.push(std::move(item)));
  if (flow == flow::Flow::kDone) return fail(Code::kStopped, "stopped");
  return {};
}

// Fails when nothing of use can be kept; how the input ended is another matter.
Result<void> copy(Input& input, Output& output, Result<void>& ended) {
  media::Time position{0, {1, 1}};
  while (true) {
    auto item = input.next();
    if (!item && item.error().code == Code::kStopped) return fail(std::move(item).error());
    if (!item) ended = fail(std::move(item).error());
    if (!item || !*item) break;
    position = std::max(position, media::position(**item));
    WEIR_TRY(put(output, std::move(**item)));
  }
  // A stream with events marks its own end; a foreign one just ends, and this is where.
  if (input.has_events() || !ended) return {};
  return put(output, media::make_event(media::event::kEnd, position));
}

Result<Spooled> write(Input& input, const std::filesystem::path& file) {
  WEIR_TRY_ASSIGN(auto output, open_pipe_output(file.string(), input.tracks()));
  Spooled spooled;
  WEIR_TRY(copy(input, *output, spooled.input));  // an output nobody finishes leaves no file
  WEIR_TRY(output->finish());
  std::error_code error;
  spooled.bytes = static_cast<std::int64_t>(std::filesystem::file_size(file, error));
  if (error) return fail(Code::kIo, "cannot read '{}' again", file.string());
  return spooled;
}

}  // namespace

Result<Spooled> spool(Input& input, const std::filesystem::path& file) {
  auto spooled = write(input, file);
  if (spooled || spooled.error().code == Code::kStopped) return spooled;
  return fail(std::move(spooled).error().within("keeping " + input.name() + " to read it again"));
}

}  // namespace weir::formats
