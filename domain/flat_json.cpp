#include "domain/flat_json.hpp"

#include <charconv>
#include <stdexcept>

namespace postern::domain {
namespace {

constexpr std::size_t kLongest = 6144;
constexpr std::size_t kMostMembers = 32;
constexpr std::size_t kMostTexts = 128;
constexpr std::string_view kHex = "0123456789abcdef";

std::string_view word_for(bool value) {
  return value ? "true" : "false";
}

bool must_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == '>' || c == '?' ||
         c == '~' || c == 0x7f;
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) throw std::invalid_argument("flat JSON holds ASCII only");
    if (must_escape(c)) {
      out.append("\\u00") += kHex[byte >> 4U];
      out += kHex[byte & 0x0fU];
    } else {
      out += c;
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
      const auto c = character();
      if (!c) return {};
      out += *c;
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

  std::optional<char> character() {
    const char c = rest_.front();
    if (c == '\\') return escape();
    if (must_escape(c) || static_cast<unsigned char>(c) >= 0x80) return {};
    rest_.remove_prefix(1);
    return c;
  }

  std::optional<char> escape() {
    if (!rest_.starts_with("\\u00") || rest_.size() < 6) return {};
    const auto high = kHex.find(rest_[4]);
    const auto low = kHex.find(rest_[5]);
    if (high > 7 || low == std::string_view::npos) return {};
    const char c = static_cast<char>(high << 4U | low);
    if (!must_escape(c)) return {};
    rest_.remove_prefix(6);
    return c;
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
