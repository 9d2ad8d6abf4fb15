#include <algorithm>
#include <charconv>

#include "domain/database.hpp"
#include "domain/text.hpp"

namespace postern::domain {
namespace {

/// Names no value: what is in the row stays out of logs.
[[noreturn]] void nonsense(const char* expected, std::size_t column) {
  throw DatabaseError(std::string("expected ") + expected + " in column " + std::to_string(column));
}

void refuse_nul(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    throw std::invalid_argument("a text parameter holds a NUL byte");
}

/// Reads the elements of a one-dimensional text[] in its output form: {plain,"quo\"ted"}.
class ArrayReader {
 public:
  ArrayReader(std::string_view text, std::size_t column) : rest_(text), column_(column) {}

  std::vector<std::string> read() {
    std::vector<std::string> elements;
    expect('{');
    if (peek() == '}') {
      ++position_;
    } else {
      do elements.push_back(peek() == '"' ? quoted() : plain());
      while (separator());
    }
    if (position_ != rest_.size()) fail();
    return elements;
  }

 private:
  [[noreturn]] void fail() const { nonsense("an array of texts", column_); }
  [[nodiscard]] char peek() const {
    if (position_ >= rest_.size()) fail();
    return rest_[position_];
  }
  void expect(char c) {
    if (peek() != c) fail();
    ++position_;
  }
  bool separator() {
    const char c = peek();
    ++position_;
    if (c != ',' && c != '}') fail();
    return c == ',';
  }
  std::string quoted() {
    std::string element;
    for (expect('"'); peek() != '"'; ++position_) {
      if (peek() == '\\') ++position_;
      element.push_back(peek());
    }
    ++position_;
    return element;
  }
  std::string plain() {
    std::string element;
    for (; peek() != ',' && peek() != '}'; ++position_) element.push_back(peek());
    if (element.empty() || element == "NULL" || element.front() == '{') fail();
    return element;
  }

  std::string_view rest_;
  std::size_t column_;
  std::size_t position_ = 0;
};

}  // namespace

Param::Param(std::string_view text) {
  refuse_nul(text);
  value_.emplace(text);
}

Param::Param(Instant instant) : value_(rfc3339_micros(instant)) {}

Param::Param(ByteView bytes) : value_("\\x" + hex_encode(bytes)) {}

Param::Param(const std::vector<std::string>& texts) {
  std::string array = "{";
  for (const std::string& text : texts) {
    refuse_nul(text);
    if (array.size() > 1) array.push_back(',');
    array.push_back('"');
    for (const char c : text) {
      if (c == '"' || c == '\\') array.push_back('\\');
      array.push_back(c);
    }
    array.push_back('"');
  }
  value_ = array + '}';
}

bool Row::is_null(std::size_t column) const {
  if (column >= columns_.size()) nonsense("a value", column);
  return !columns_[column];
}

const std::string& Row::text(std::size_t column) const {
  if (is_null(column)) nonsense("a value", column);
  return *columns_[column];
}

std::optional<std::string> Row::text_or_null(std::size_t column) const {
  return is_null(column) ? std::nullopt : columns_[column];
}

std::int64_t Row::integer(std::size_t column) const {
  const std::string& value = text(column);
  std::int64_t number = 0;
  const char* end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) nonsense("an integer", column);
  return number;
}

bool Row::boolean(std::size_t column) const {
  const std::string& value = text(column);
  if (value != "t" && value != "f") nonsense("a boolean", column);
  return value == "t";
}

Instant Row::instant(std::size_t column) const {
  return Instant(std::chrono::microseconds(integer(column)));
}

std::optional<Instant> Row::instant_or_null(std::size_t column) const {
  return is_null(column) ? std::nullopt : std::optional(instant(column));
}

Uuid Row::uuid(std::size_t column) const {
  const auto uuid = Uuid::parse(text(column));
  if (!uuid) nonsense("a UUID", column);
  return *uuid;
}

Bytes Row::bytes(std::size_t column) const {
  const std::string_view value = text(column);
  auto bytes = value.substr(0, 2) == "\\x" ? hex_decode(value.substr(2)) : std::nullopt;
  if (!bytes) nonsense("bytes", column);
  return std::move(*bytes);
}

std::vector<std::string> Row::texts(std::size_t column) const {
  return ArrayReader(text(column), column).read();
}

}  // namespace postern::domain
