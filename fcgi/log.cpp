#include "fcgi/log.hpp"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "fcgi/unique_fd.hpp"
#include "fcgi/utf8.hpp"

namespace postern::fcgi {
namespace {

constexpr std::size_t kMaxFieldText = 1024;

/// One write(2) a record, to a descriptor opened for appending: records of several processes never
/// mix, which spdlog's own buffered file sink does not promise.
class LineSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit LineSink(UniqueFd file) : file_(std::move(file)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    line_.assign(message.payload.data(), message.payload.size());
    line_.push_back('\n');
    const int fd = file_ ? file_.get() : STDERR_FILENO;
    // A full disk must not stop the service: what cannot be written is lost.
    while (::write(fd, line_.data(), line_.size()) < 0 && errno == EINTR) {
    }
  }
  void flush_() override {}

 private:
  UniqueFd file_;
  std::string line_;
};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warning:
      return spdlog::level::warn;
    case LogLevel::Error:
      break;
  }
  return spdlog::level::err;
}

std::string_view level_name(LogLevel level) {
  static constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};
  return kNames.at(static_cast<std::size_t>(level));
}

std::unique_ptr<spdlog::logger> make_logger(UniqueFd file, LogLevel level) {
  auto logger =
      std::make_unique<spdlog::logger>("postern", std::make_shared<LineSink>(std::move(file)));
  logger->set_level(spdlog_level(level));
  return logger;
}

std::unique_ptr<spdlog::logger>& current() {
  static auto logger = make_logger(UniqueFd(), LogLevel::Info);
  return logger;
}

/// RFC 3339, UTC, microseconds.
std::string timestamp() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  std::array<char, 40> text{};
  const std::size_t length = strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + length, text.size() - length, ".%06ldZ", now.tv_nsec / 1000);
  return text.data();
}

void append_escaped(std::string& out, std::string_view sequence) {
  const auto byte = static_cast<unsigned char>(sequence.front());
  if (byte == '"' || byte == '\\') {
    out.push_back('\\');
    out.push_back(sequence.front());
  } else if (byte < 0x20 || byte == 0x7F) {
    std::array<char, 8> escape{};
    std::snprintf(escape.data(), escape.size(), "\\u%04x", byte);
    out.append(escape.data());
  } else {
    out.append(sequence);
  }
}

/// How many bytes from the front are one UTF-8 character; 0 when they are none.
std::size_t character_length(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (is_utf8(text.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

std::string escape_for_log(std::string_view text) {
  const bool cut = text.size() > kMaxFieldText;
  if (cut) text = text.substr(0, kMaxFieldText);
  std::string out;
  out.reserve(text.size() + 8);
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    append_escaped(out, length == 0 ? std::string_view("?") : text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return cut ? out.append("...") : out;
}

void open_log(const LogSettings& settings) {
  UniqueFd file;
  if (!settings.file.empty() && settings.file != "stderr") {
    file.reset(
        ::open(settings.file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640));
    if (!file) {
      throw std::system_error(errno, std::generic_category(), "opening log " + settings.file);
    }
  }
  current() = make_logger(std::move(file), settings.level);
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  spdlog::logger& logger = *current();
  if (!logger.should_log(spdlog_level(level))) return;
  std::string line;
  line.reserve(320);
  line.append(R"({"time":")").append(timestamp()).append(R"(","level":")");
  line.append(level_name(level)).append(R"(","pid":)").append(std::to_string(getpid()));
  line.append(R"(,"event":")").append(escape_for_log(event)).append("\"");
  for (const LogField& field : fields) {
    line.append(",\"").append(escape_for_log(field.name)).append("\":");
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      line.append(std::to_string(*number));
    } else {
      const auto text = std::get<std::string_view>(field.value);
      line.append("\"").append(escape_for_log(text)).append("\"");
    }
  }
  line.push_back('}');
  logger.log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace postern::fcgi
