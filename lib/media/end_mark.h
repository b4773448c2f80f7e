// The `end` event and what its absence means, for flow::EndWatch:
//
//   flow::EndWatch<media::Item> source(*input, media::is_end_mark);
//   WEIR_TRY(flow::pump(source, *sink));
//   if (input->has_events() && source.cut_off()) return fail(media::ended_early());
#pragma once

#include <variant>

#include "base/result.h"
#include "media/event.h"

namespace weir::media {

inline bool is_end_mark(const Item& item) {
  const auto* event = std::get_if<Event>(&item);
  return event != nullptr && event->kind() == event::kEnd;
}

/// What a tool fails with after it has finished the files of a stream without an end mark.
inline Error ended_early() {
  return {Code::kBadInput, "input ended early: the stream has no end mark"};
}

}  // namespace weir::media
