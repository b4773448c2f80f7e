#include "formats/input.h"

#include "formats/demuxer.h"
#include "formats/flv_input.h"
#include "formats/foreign_input.h"
#include "formats/pipe_input.h"

namespace weir::formats {

Result<std::unique_ptr<Input>> Input::open(const std::string& url, const InputOptions& options) {
  WEIR_TRY_ASSIGN(auto demuxer, Demuxer::open(url, options.stop, options.patience));
  if (find_event_stream(*demuxer->context()) >= 0)
    return PipeInput::open(std::move(demuxer), options);
  if (FlvInput::reads(*demuxer)) return FlvInput::open(std::move(demuxer), options);
  return ForeignInput::open(std::move(demuxer), options);
}

}  // namespace weir::formats
