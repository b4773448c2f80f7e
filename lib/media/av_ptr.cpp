#include "media/av_ptr.h"

#include "base/text.h"

namespace weir::media {

std::string av_error_text(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error, text, sizeof text);
  return lower_first(text);
}

}  // namespace weir::media
