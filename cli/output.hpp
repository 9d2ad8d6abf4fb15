#pragma once

#include <json/value.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace postern::cli {

/// Standard output is closed, full or gone. A broken pipe (`postern … | head -1`) is silent.
class OutputError : public std::runtime_error {
 public:
  OutputError(const std::string& message, bool broken_pipe)
      : std::runtime_error(message), broken_pipe_(broken_pipe) {}
  [[nodiscard]] bool broken_pipe() const { return broken_pipe_; }

 private:
  bool broken_pipe_;
};

/// Writes all of `text` to standard output at once. Throws OutputError.
void print(std::string_view text);
/// Indented JSON and a line feed.
void print_json(const Json::Value& value);
/// One line "postern: …" on standard error; never throws.
void complain(std::string_view message) noexcept;

/// The text with control characters (C0, DEL, C1) shown as '?': a stored name must not be able to
/// steer the terminal of whoever lists it.
[[nodiscard]] std::string printable(std::string_view text);

/// Columns padded to their widest cell; the last one is left as it is.
class Table {
 public:
  explicit Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
  void add(std::vector<std::string> row);
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace postern::cli
