#include "handlers/json_body.hpp"

#include <json/reader.h>
#include <json/writer.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <sstream>

#include "domain/ascii.hpp"
#include "domain/text.hpp"

namespace postern::handlers {
namespace {

constexpr std::size_t kMaxDepth = 32;

/// Refuses what jsoncpp lets through. It judges tokens, not their order: that is jsoncpp's part.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<ParsedJson> fault() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      std::optional<ParsedJson> wrong;
      if (c == '"') {
        wrong = string();
      } else if (c == '-' || domain::is_digit(c)) {
        wrong = number();
      } else {
        wrong = other(c);
      }
      if (wrong) return wrong;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] ParsedJson refuse(JsonFault fault, std::string_view what) const {
    return {std::nullopt, fault, std::string(what) + " at byte " + std::to_string(at_)};
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::optional<ParsedJson> other(char c) {
    // All that RFC 8259 knows outside strings and numbers: no comments, no '+', no form feed.
    if (std::string_view(" \t\r\n,:[]{}truefalsn").find(c) == std::string_view::npos) {
      return refuse(JsonFault::Syntax, "a foreign character");
    }
    if (c == '[' || c == '{') {
      if (++depth_ > kMaxDepth) return refuse(JsonFault::TooDeep, "nested too deep");
    } else if ((c == ']' || c == '}') && depth_ > 0) {
      --depth_;
    }
    ++at_;
    return std::nullopt;
  }

  std::size_t digits() {
    const auto first = at_;
    while (domain::is_digit(peek())) ++at_;
    return at_ - first;
  }

  std::optional<ParsedJson> number() {  // RFC 8259 section 6
    if (peek() == '-') ++at_;
    const bool zero = peek() == '0';
    const auto whole = digits();
    bool good = whole > 0 && !(zero && whole > 1);
    if (peek() == '.') {
      ++at_;
      good = digits() > 0 && good;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      good = digits() > 0 && good;
    }
    if (!good) return refuse(JsonFault::Syntax, "a malformed number");
    return std::nullopt;
  }

  std::optional<ParsedJson> string() {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return std::nullopt;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        return refuse(JsonFault::Syntax, "a raw control character in a string");
      }
      if (c == '\\') {
        if (auto wrong = escape()) return wrong;
      }
    }
    return refuse(JsonFault::Syntax, "an unfinished string");
  }

  /// From the backslash to the last character of the escape.
  std::optional<ParsedJson> escape() {
    ++at_;
    if (peek() != 'u') return std::nullopt;
    const auto unit = code_unit();
    if (!unit) return refuse(JsonFault::Syntax, "a malformed escape");
    if (*unit == 0) return refuse(JsonFault::InvalidText, "a NUL character");
    const bool high = *unit >= 0xD800 && *unit <= 0xDBFF;
    const bool low = *unit >= 0xDC00 && *unit <= 0xDFFF;
    if (low) return refuse(JsonFault::InvalidText, "an unpaired surrogate");
    if (!high) return std::nullopt;
    if (text_.substr(at_ + 1, 2) == "\\u") {
      at_ += 2;
      const auto second = code_unit();
      if (second && *second >= 0xDC00 && *second <= 0xDFFF) return std::nullopt;
    }
    return refuse(JsonFault::InvalidText, "an unpaired surrogate");
  }

  /// Stands on the 'u'; leaves on the last of its four digits.
  std::optional<unsigned> code_unit() {
    const auto hex = text_.substr(at_ + 1, 4);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    if (error != std::errc() || hex.size() != 4 || end != hex.data() + 4) return std::nullopt;
    at_ += 4;
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

std::unique_ptr<Json::CharReader> strict_reader() {
  Json::CharReaderBuilder builder;
  Json::CharReaderBuilder::strictMode(&builder.settings_);
  builder["strictRoot"] = false;
  builder["skipBom"] = false;
  builder["stackLimit"] = static_cast<Json::UInt>(2 * kMaxDepth);
  return std::unique_ptr<Json::CharReader>(builder.newCharReader());
}

}  // namespace

ParsedJson parse_json(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return {std::nullopt, JsonFault::InvalidText, "a NUL byte"};
  }
  if (!domain::is_clean_text(text)) return {std::nullopt, JsonFault::InvalidText, "not UTF-8"};
  if (auto fault = Scanner(text).fault()) return *std::move(fault);

  Json::Value value;
  std::string errors;
  try {
    if (strict_reader()->parse(text.data(), text.data() + text.size(), &value, &errors)) {
      return {std::move(value), JsonFault::Syntax, ""};
    }
  } catch (const Json::Exception&) {
    return {std::nullopt, JsonFault::TooDeep, "nested too deep"};
  }
  // jsoncpp tells its reasons as text only; that text quotes the input, so it goes no further.
  if (errors.find("Duplicate key") != std::string::npos) {
    return {std::nullopt, JsonFault::DuplicateKey, "a member given twice"};
  }
  return {std::nullopt, JsonFault::Syntax, "not one JSON value"};
}

std::string write_json(const Json::Value& value) {
  // Made once: its settings are a tree of values themselves.
  static const Json::StreamWriterBuilder builder = [] {
    Json::StreamWriterBuilder compact;
    compact["indentation"] = "";
    compact["commentStyle"] = "None";
    compact["emitUTF8"] = true;
    return compact;
  }();
  return Json::writeString(builder, value);
}

}  // namespace postern::handlers
