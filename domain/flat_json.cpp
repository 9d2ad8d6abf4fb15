#include "domain/flat_json.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "domain/text.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kLongest = 6144;
constexpr std::size_t kMostMembers = 32;
constexpr std::size_t kMostTexts = 128;
constexpr std::string_view kHex = "0123456789abcdef";
constexpr char32_t kFirstHigh = 0xd800, kFirstLow = 0xdc00, kBeyondLow = 0xe000;
constexpr char32_t kFirstOfTwo = 0x10000;

std::string_view word_for(bool value) {
  return value ? "true" : "false";
}

bool must_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == '>' || c == '?' ||
         c == '~' || c == 0x7f;
}

/// One unit of UTF-16 (RFC 8259 section 7).
void append_escape(std::string& out, char32_t unit) {
  out += "\\u";
  for (const unsigned shift : {12U, 8U, 4U, 0U}) out += kHex[unit >> shift & 0x0fU];
}

void append_escaped(std::string& out, char32_t code_point) {
  if (code_point < kFirstOfTwo) return append_escape(out, code_point);
  const auto rest = code_point - kFirstOfTwo;
  append_escape(out, kFirstHigh + (rest >> 10U));
  append_escape(out, kFirstLow + (rest & 0x3ffU));
}

/// Takes a code point off the front of well-formed UTF-8.
char32_t take_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  char32_t value = size == 1 ? lead : lead & (0xffU >> (size + 1));
  for (const char c : text.substr(1, size - 1)) {
    value = value << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  }
  text.remove_prefix(size);
  return value;
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | (code_point >> shift & 0x3fU));
  };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xc0U | code_point >> 6U);
    tail(0);
  } else if (code_point < kFirstOfTwo) {
    out += static_cast<char>(0xe0U | code_point >> 12U);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0U | code_point >> 18U);
    tail(12), tail(6), tail(0);
  }
}

/// NUL is no clean text, and can be written all the same.
void check_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto part = text.substr(0, text.find('\0'));
    if (!is_clean_text(part)) throw std::invalid_argument("flat JSON holds UTF-8 only");
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
}

void append_string(std::string& out, std::string_view text) {
  check_utf8(text);
  out += '"';
  while (!text.empty()) {
    const auto code_point = take_code_point(text);
    const bool plain = code_point < 0x80 && !must_escape(static_cast<char>(code_point));
    if (plain) {
      out += static_cast<char>(code_point);
    } else {
      append_escaped(out, code_point);
    }
  }
  out += '"';
}

}  // namespace

/// Reads forward through one text; each function answers none where the text is not as it must be.
class FlatJson::Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::optional<std::string> string() {
    if (!take('"')) return {};
    std::string out;
    while (!rest_.empty() && rest_.front() != '"') {
      if (!take_character(out)) return {};
    }
    return take('"') ? std::optional(out) : std::nullopt;
  }

  std::optional<Value> value() {
    if (rest_.starts_with('"')) return string();
    if (rest_.starts_with('[')) return texts();
    if (rest_.starts_with('{')) return object();
    if (const auto word = boolean()) return *word;
    return integer();
  }

 private:
  std::optional<Texts> texts() {
    Texts all;
    if (!take('[')) return {};
    while (!take(']')) {
      if (all.size() == kMostTexts || (!all.empty() && !take(','))) return {};
      auto text = string();
      if (!text) return {};
      all.push_back(std::move(*text));
    }
    return all;
  }

  std::optional<Object> object() {
    Object members;
    if (!take('{')) return {};
    while (!take('}')) {
      if (members.size() == kMostMembers || (!members.empty() && !take(','))) return {};
      auto name = string();
      if (!name || !take(':')) return {};
      for (const auto& [known, text] : members) {
        if (known == *name) return {};
      }
      auto text = string();
      if (!text) return {};
      members.emplace_back(std::move(*name), std::move(*text));
    }
    return members;
  }

  std::optional<bool> boolean() {
    for (const bool value : {true, false}) {
      const auto word = word_for(value);
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    return {};
  }

  std::optional<std::int64_t> integer() {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (fault != std::errc{}) return {};
    const auto digits = rest_.substr(0, static_cast<std::size_t>(end - rest_.data()));
    if (std::to_string(value) != digits) return {};  // one spelling: no 007, no -0
    rest_.remove_prefix(digits.size());
    return value;
  }

  bool take_character(std::string& out) {
    const char c = rest_.front();
    if (c == '\\') return take_escape(out);
    if (must_escape(c) || static_cast<unsigned char>(c) >= 0x80) return false;
    out += c;
    rest_.remove_prefix(1);
    return true;
  }

  /// Only of what has to be escaped.
  bool take_escape(std::string& out) {
    auto code_point = take_unit();
    if (!code_point) return false;
    if (*code_point < 0x80 && !must_escape(static_cast<char>(*code_point))) return false;
    if (*code_point >= kFirstLow && *code_point < kBeyondLow) return false;
    if (*code_point >= kFirstHigh && *code_point < kFirstLow) {
      const auto low = take_unit();
      if (!low || *low < kFirstLow || *low >= kBeyondLow) return false;
      code_point = kFirstOfTwo + ((*code_point - kFirstHigh) << 10U) + (*low - kFirstLow);
    }
    append_utf8(out, *code_point);
    return true;
  }

  std::optional<char32_t> take_unit() {
    if (!rest_.starts_with("\\u") || rest_.size() < 6) return {};
    char32_t value = 0;
    for (const char c : rest_.substr(2, 4)) {
      const auto digit = kHex.find(c);
      if (digit == std::string_view::npos) return {};
      value = value << 4U | static_cast<char32_t>(digit);
    }
    rest_.remove_prefix(6);
    return value;
  }

  std::string_view rest_;
};

FlatJsonWriter& FlatJsonWriter::add(std::string_view name, std::string_view value) {
  add_name(name);
  append_string(text_, value);
  return *this;
}

FlatJsonWriter& FlatJsonWriter::add(std::string_view name, std::int64_t value) {
  add_name(name);
  text_ += std::to_string(value);
  return *this;
}

FlatJsonWriter& FlatJsonWriter::add(std::string_view name, const std::vector<std::string>& values) {
  add_name(name);
  text_ += '[';
  for (const auto& value : values) {
    if (&value != &values.front()) text_ += ',';
    append_string(text_, value);
  }
  text_ += ']';
  return *this;
}

FlatJsonWriter& FlatJsonWriter::add_object(std::string_view name, FlatJsonWriter&& object) {
  add_name(name);
  text_ += std::move(object).finish();
  return *this;
}

FlatJsonWriter& FlatJsonWriter::add_boolean(std::string_view name, bool value) {
  add_name(name);
  text_ += word_for(value);
  return *this;
}

void FlatJsonWriter::add_name(std::string_view name) {
  if (text_.size() > 1) text_ += ',';
  append_string(text_, name);
  text_ += ':';
}

std::string FlatJsonWriter::finish() && {
  text_ += '}';
  return std::move(text_);
}

std::optional<FlatJson> FlatJson::parse(std::string_view text) {
  if (text.size() > kLongest) return {};
  Reader reader(text);
  FlatJson json;
  if (!reader.take('{')) return {};
  while (!reader.take('}')) {
    if (!json.members_.empty() && !reader.take(',')) return {};
    auto name = reader.string();
    if (!name || json.has(*name) || !reader.take(':')) return {};
    if (json.members_.size() == kMostMembers) return {};
    auto value = reader.value();
    if (!value) return {};
    json.members_.emplace_back(std::move(*name), std::move(*value));
  }
  return reader.at_end() ? std::optional(std::move(json)) : std::nullopt;
}

const FlatJson::Value* FlatJson::find(std::string_view name) const {
  for (const auto& [key, value] : members_) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::optional<std::string> FlatJson::text(std::string_view name) const {
  const auto* value = find(name);
  const auto* text = value != nullptr ? std::get_if<std::string>(value) : nullptr;
  return text != nullptr ? std::optional(*text) : std::nullopt;
}

std::optional<std::vector<std::string>> FlatJson::texts(std::string_view name) const {
  const auto* value = find(name);
  const auto* texts = value != nullptr ? std::get_if<Texts>(value) : nullptr;
  return texts != nullptr ? std::optional(*texts) : std::nullopt;
}

std::optional<std::string> FlatJson::text_within(std::string_view object,
                                                 std::string_view name) const {
  const auto* value = find(object);
  const auto* members = value != nullptr ? std::get_if<Object>(value) : nullptr;
  if (members == nullptr) return {};
  for (const auto& [key, text] : *members) {
    if (key == name) return text;
  }
  return {};
}

std::optional<std::int64_t> FlatJson::integer(std::string_view name) const {
  const auto* value = find(name);
  const auto* number = value != nullptr ? std::get_if<std::int64_t>(value) : nullptr;
  return number != nullptr ? std::optional(*number) : std::nullopt;
}

std::optional<bool> FlatJson::boolean(std::string_view name) const {
  const auto* value = find(name);
  const auto* word = value != nullptr ? std::get_if<bool>(value) : nullptr;
  return word != nullptr ? std::optional(*word) : std::nullopt;
}

}  // namespace postern::domain
