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
void open_log(const LogSettings& settings);
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace postern::fcgi
