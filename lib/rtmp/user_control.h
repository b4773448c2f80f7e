// User control messages about a stream.
// Source: Adobe RTMP 1.0 (2012), section 7.1.7.
#pragma once

#include <cstdint>
#include <optional>

#include "rtmp/message.h"

namespace weir::rtmp {

enum class UserEvent : std::uint16_t { kStreamBegin = 0, kStreamEnd = 1, kBufferLength = 3 };

/// They belong to the connection; `stream` is the one they speak of.
Message user_control(UserEvent event, std::uint32_t stream);
/// How much a player is going to hold.
Message buffer_length(std::uint32_t stream, std::uint32_t milliseconds);
/// The stream that has ended, when the message says so.
std::optional<std::uint32_t> ended_stream(const Message& message);

}  // namespace weir::rtmp
