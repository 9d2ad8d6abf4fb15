#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "fcgi/settings.hpp"

namespace postern::fcgi {

/// A field of a log line. Text is escaped as JSON, so that no input can forge a line (ASVS 16.4.1).
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t> value;
};

/// Opens the log of this process (spdlog beneath). Call once per process and again to reopen. Each
/// record is one JSON object on one line, written whole: {"time","level","pid","event",…fields}.
/// Nothing secret may be given to it; there is no way to print a domain::Secret.
/// Throws std::system_error when the file cannot be opened; what was open before stays in use.
/// Before the first call, records go to standard error from level Info.
void open_log(const LogSettings& settings);
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

/// `text` as the inside of a JSON string, cut after 1024 bytes: quotes, backslashes and control
/// characters escaped, what is not UTF-8 replaced by '?'. So a record stays below PIPE_BUF and goes
/// out in one write.
[[nodiscard]] std::string escape_for_log(std::string_view text);

}  // namespace postern::fcgi
